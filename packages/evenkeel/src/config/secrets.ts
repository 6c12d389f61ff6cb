import { EvenkeelError } from '../error.ts'
import type { Environment } from './environment.ts'
import { isRecord } from './settings.ts'

const REFERENCE = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}$/

/**
 * Puts the values of environment variables where the channels name them, `${env:SLACK_URL}`, so that a configuration can
 * be kept with the code. Only whole values are replaced.
 * @throws EvenkeelError CONFIG_INVALID for a variable that is not set
 */
export function fillSecrets(config: unknown, env: Environment): unknown {
  if (!isRecord(config) || !isRecord(config['channels'])) return config
  return { ...config, channels: fill(config['channels'], ['channels'], env) }
}

function fill(value: unknown, at: readonly string[], env: Environment): unknown {
  if (Array.isArray(value)) return value.map((item, place) => fill(item, [...at, String(place)], env))
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, fill(child, [...at, key], env)]))
  const variable = typeof value === 'string' ? REFERENCE.exec(value)?.[1] : undefined
  if (variable === undefined) return value
  if (env[variable]) return env[variable]
  const where = at.join('.')
  throw new EvenkeelError(
    'CONFIG_INVALID',
    `${where} is to come from environment variable ${variable}, which is not set`,
    { where, variable },
  )
}
