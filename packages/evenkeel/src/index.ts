/** What a project imports from `evenkeel`: the words its configuration is written in, and everything that runs it. */
import type { Evenkeel, OpenOptions, RunningServer, Services } from './assembly/index.ts'
import type { Config } from './config/index.ts'

export type { Evenkeel, OpenOptions, RunningServer, Services } from './assembly/index.ts'
export {
  type Config,
  type ConfigInput,
  defineConfig,
  type LoadedConfig,
  type LoadOptions,
  loadConfig,
} from './config/index.ts'
export { type ErrorDetails, EvenkeelError, isEvenkeelError } from './error.ts'
export {
  category,
  column,
  dayOfWeek,
  defineFeatureView,
  difference,
  type Feature,
  type FeatureKind,
  type FeatureView,
  hourOfDay,
  log,
  monthOfYear,
  type RawRow,
  type RowTransformOptions,
  ratio,
  rowTransform,
  type TimeOptions,
  textLength,
  timeSince,
  type ViewDeclaration,
} from './features/index.ts'
export type { Batch, Schema, SchemaColumn } from './ingest/index.ts'
export type { ForeignModel } from './registry/index.ts'

/*
 * Every configuration imports this file, and reading one must not load a database and an inference runtime; so what runs
 * things is loaded by the first call.
 */

/**
 * Opens what a configuration names and gives it the verbs of the command line: ingest, train, predict, label, explain…
 * @throws EvenkeelError STORAGE_LOCKED when another process has the data directory open
 */
export async function openServices(config: Config, options: Omit<OpenOptions, 'onProgress'> = {}): Promise<Services> {
  const assembly = await import('./assembly/index.ts')
  return assembly.openServices(config, options)
}

/** Opens what a configuration names, every stage of a model's life in reach. Nothing serves or runs by itself yet. */
export async function openEvenkeel(config: Config, options: OpenOptions = {}): Promise<Evenkeel> {
  const assembly = await import('./assembly/index.ts')
  return assembly.openEvenkeel(config, options)
}

/**
 * Starts the HTTP server of an opened Evenkeel; `driver.start()` starts its loop.
 * @throws EvenkeelError HTTP_KEY_REQUIRED, HTTP_PORT_TAKEN
 */
export async function serveHttp(evenkeel: Evenkeel): Promise<RunningServer> {
  const assembly = await import('./assembly/index.ts')
  return assembly.serveHttp(evenkeel)
}
