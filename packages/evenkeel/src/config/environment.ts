import { EvenkeelError } from '../error.ts'
import { listSettings, type Setting } from './settings.ts'
import { suggest } from './suggest.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What the environment sets: values by path, and names that look like settings and are none. */
export interface EnvironmentSettings {
  readonly values: readonly { readonly setting: Setting; readonly variable: string; readonly value: unknown }[]
  readonly warnings: readonly string[]
}

/** Read by the command line itself, not settings. */
const OWN_VARIABLES = ['EVENKEEL_CONFIG', 'EVENKEEL_API_KEY', 'EVENKEEL_DEBUG']
/** Kubernetes puts these into every container beside a service that is called evenkeel. */
const KUBERNETES = /^EVENKEEL_(SERVICE_|PORT$|PORT_\d)/

/**
 * The variable of a setting: `models.flights.monitors.windowMs` is EVENKEEL_MODELS_FLIGHTS_MONITORS_WINDOW_MS.
 * The database's address is DATABASE_URL, as everywhere.
 */
export function variableOf(path: readonly string[]): string {
  if (path.join('.') === 'database.url') return 'DATABASE_URL'
  const words = path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]/g, '_'))
  return `EVENKEEL_${words.join('_').toUpperCase()}`
}

/** @param config what the file says: its sources and models give the variables of those their names */
export function readEnvironment(env: Environment, config: unknown): EnvironmentSettings {
  const settings = new Map(listSettings(config).map((setting) => [variableOf(setting.path), setting]))
  const values = [...settings].flatMap(([variable, setting]) => {
    const text = env[variable]
    return text === undefined || text === '' ? [] : [{ setting, variable, value: parse(variable, text, setting) }]
  })
  const strange = Object.keys(env).filter((variable) => isStrange(variable, settings))
  return { values, warnings: strange.map((variable) => describeStrange(variable, [...settings.keys()])) }
}

function isStrange(variable: string, settings: ReadonlyMap<string, Setting>): boolean {
  if (!variable.startsWith('EVENKEEL_') || settings.has(variable)) return false
  return !OWN_VARIABLES.includes(variable) && !KUBERNETES.test(variable)
}

function describeStrange(variable: string, known: readonly string[]): string {
  const meant = suggest(variable, known)
  return `environment variable ${variable} is not a setting and was passed over${meant ? `; did you mean ${meant}?` : ''}`
}

function parse(variable: string, text: string, { node }: Setting): unknown {
  if (node.type === 'integer' || node.type === 'number') {
    const number = Number(text)
    if (Number.isFinite(number)) return number
    throw wrong(variable, text, 'a number')
  }
  if (node.type !== 'array' && node.type !== 'object') return text
  try {
    return JSON.parse(text)
  } catch {
    throw wrong(variable, text, `JSON of an ${node.type}`)
  }
}

function wrong(variable: string, found: string, expected: string): EvenkeelError {
  return new EvenkeelError(
    'CONFIG_INVALID',
    `environment variable ${variable} is ${JSON.stringify(found)}, expected ${expected}`,
    {
      variable,
      expected,
    },
  )
}
