import { createHash } from 'node:crypto'
import path from 'node:path'
import type * as z from 'zod'
import { EvenkeelError } from '../error.ts'
import { type Environment, readEnvironment } from './environment.ts'
import { findConfigFile, readConfigFile } from './read.ts'
import { type ApiKey, type Config, configSchema, type WrittenConfig } from './schema.ts'
import { fillSecrets } from './secrets.ts'
import { isRecord, nodeAt, valueAt } from './settings.ts'
import { suggest } from './suggest.ts'

/** Where a setting's value came from: `default`, `file`, or the name of an environment variable. */
export type Origin = string

export interface LoadedConfig {
  readonly config: Config
  /** Absolute; null when there is none and defaults hold. */
  readonly file: string | null
  /** Folder of the file, or the working directory: relative paths start here. */
  readonly rootDir: string
  readonly originOf: (path: readonly string[]) => Origin
  readonly warnings: readonly string[]
}

export interface LoadOptions {
  readonly cwd: string
  readonly env: Environment
  /** File, or folder with one; else EVENKEEL_CONFIG, else the one in `cwd`. */
  readonly file?: string | undefined
  /** `--data`: stands above file and environment. */
  readonly dataDir?: string | undefined
}

/**
 * Reads the configuration: defaults, then the file, then the environment.
 * @throws EvenkeelError CONFIG_NOT_FOUND, CONFIG_AMBIGUOUS, CONFIG_UNREADABLE, CONFIG_INVALID, CONFIG_KEY_REQUIRED
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const file = findConfigFile(options.cwd, options.file ?? (options.env['EVENKEEL_CONFIG'] || undefined))
  const written = file === null ? {} : await readConfigFile(file)
  const { values, warnings } = readEnvironment(options.env, written)
  const merged = values.reduce((config, { setting, value }) => setAt(config, setting.path, value), written)
  const rootDir = file === null ? options.cwd : path.dirname(file)
  const origins = new Map(values.map(({ setting, variable }) => [setting.path.join('.'), variable]))
  if (options.dataDir !== undefined) origins.set('dataDir', '--data')
  return {
    config: placeData(parseConfig(merged, file ?? 'the environment', options.env), { ...options, rootDir }),
    file,
    rootDir,
    originOf: (at) => origins.get(at.join('.')) ?? (valueAt(written, at) === undefined ? 'default' : 'file'),
    warnings,
  }
}

/**
 * Checks a plain value against the schema and itself.
 * @param where the file's name, for messages  @param env where keys come from that are named by a variable
 */
export function parseConfig(value: unknown, where: string, env: Environment = {}): Config {
  const filled = fillSecrets(value, env)
  const result = configSchema.safeParse(filled)
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue) => describeIssue(issue, filled))
    throw new EvenkeelError('CONFIG_INVALID', `${where}: ${problems.join('; ')}`, { where, problems })
  }
  checkModels(result.data)
  const server = { ...result.data.server, apiKeys: hashKeys(result.data, env) }
  if (!isLoopback(server.host) && server.apiKeys.length === 0) throw keyRequired(server.host)
  return { ...result.data, server }
}

function describeIssue(issue: z.core.$ZodIssue, config: unknown): readonly string[] {
  const at = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(nodeAt(issue.path)?.properties ?? {})
    return issue.keys.map((key) => describeUnknown(at === '' ? key : `${at}.${key}`, suggest(key, known), known))
  }
  const found = valueAt(config, issue.path.map(String))
  const shown = found === undefined ? 'missing' : typeof found === 'object' ? 'wrong' : JSON.stringify(found)
  return [`${at || 'the configuration'} is ${secretAt(issue.path) ? 'wrong' : shown}, ${expectation(issue)}`]
}

function describeUnknown(at: string, meant: string | undefined, known: readonly string[]): string {
  return `${at} is not a setting; ${meant ? `did you mean ${meant}?` : `known here: ${known.join(', ')}`}`
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') return `expected at least ${issue.minimum}`
  if (issue.code === 'too_big') return `expected at most ${issue.maximum}`
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}`
  if (issue.code === 'invalid_type') return `expected ${issue.expected === 'int' ? 'an integer' : issue.expected}`
  const message = issue.message.replace(/^Invalid discriminator value\. Expected/, 'expected one of')
  return message.startsWith('expected') ? message : message.charAt(0).toLowerCase() + message.slice(1)
}

function secretAt(at: readonly PropertyKey[]): boolean {
  return nodeAt(at)?.secret === true
}

/** Relative to the configuration's file, or to the working directory where the command line says it. */
function placeData(config: Config, options: LoadOptions & { readonly rootDir: string }): Config {
  const { rootDir, cwd, dataDir } = options
  return {
    ...config,
    dataDir: dataDir === undefined ? path.resolve(rootDir, config.dataDir) : path.resolve(cwd, dataDir),
  }
}

function checkModels({ models, sources }: WrittenConfig): void {
  for (const [name, model] of Object.entries(models)) {
    if (model.view !== undefined && model.features !== undefined)
      throw invalid(`models.${name} has both view (code) and features (lists of columns); keep one of them`)
    if (!(model.source in sources)) {
      const meant = suggest(model.source, Object.keys(sources))
      throw invalid(
        `models.${name}.source is "${model.source}", which is not among sources; ${meant ? `did you mean ${meant}?` : `add sources.${model.source}`}`,
      )
    }
  }
}

function invalid(message: string): EvenkeelError {
  return new EvenkeelError('CONFIG_INVALID', message)
}

type WrittenKey = WrittenConfig['server']['apiKeys'][number]

/** Keys become hashes at once: what holds the configuration can be printed without giving a key away. */
function hashKeys(config: WrittenConfig, env: Environment): ApiKey[] {
  const keys = config.server.apiKeys.map((key) =>
    key.env === undefined ? { ...key, sha256: key.sha256! } : fromEnvironment(key, key.env, env),
  )
  const own = env['EVENKEEL_API_KEY']
  return own ? [...keys, { name: 'environment', sha256: hashKey(own) }] : keys
}

function fromEnvironment({ name, project }: WrittenKey, variable: string, env: Environment): ApiKey {
  const key = env[variable]
  if (!key)
    throw invalid(`server.apiKeys: key ${name} is to come from environment variable ${variable}, which is not set`)
  return { name, sha256: hashKey(key), project }
}

export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function keyRequired(host: string): EvenkeelError {
  return new EvenkeelError(
    'CONFIG_KEY_REQUIRED',
    `server.host is ${host}, which others can reach, and no API key is configured; make one with evenkeel config --new-key and put its hash under server.apiKeys, or set EVENKEEL_API_KEY, or listen on 127.0.0.1`,
    { host },
  )
}

function setAt(config: unknown, at: readonly string[], value: unknown): unknown {
  const [key, ...rest] = at
  if (key === undefined) return value
  const record = isRecord(config) ? config : {}
  return { ...record, [key]: setAt(record[key], rest, value) }
}
