import * as z from 'zod'
import { channels, notifications } from './channels.ts'
import { check } from './checks.ts'
import { bytes, name, rows } from './fields.ts'
import { model } from './model.ts'

/**
 * The one description of every setting: its type, default, limits, unit and meaning. Validation, the types, the names of
 * the environment variables and `evenkeel config --explain` all come from here.
 */

const database = z.strictObject({
  url: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected an address that starts with postgres://')
    .optional()
    .meta({ description: 'a PostgreSQL server; without it the embedded database in dataDir is used', secret: true }),
  maxConnections: z.int().min(2).max(100).default(8).meta({ description: 'connections held at most' }),
})

const apiKey = z
  .strictObject({
    name: name().meta({ description: 'who holds the key: it appears in the journal beside what was done with it' }),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits; evenkeel config --new-key prints a key and its hash')
      .optional()
      .meta({ description: 'SHA-256 of the key, in hexadecimal', secret: true }),
    env: z.string().min(1).optional().meta({ description: 'the environment variable that holds the key itself' }),
    project: name().optional().meta({ description: 'project the key is for, where it is not this one' }),
  })
  .refine((key) => (key.sha256 === undefined) !== (key.env === undefined), 'expected exactly one of sha256 and env')

const server = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta({ description: 'address to listen on; anything but loopback needs an API key' }),
  port: z.int().min(0).max(65_535).default(8080).meta({ description: 'port to listen on; 0 takes a free one' }),
  apiKeys: z
    .array(apiKey)
    .max(100)
    .default([])
    .meta({ description: 'keys that may call the API; none means no check' }),
  bodyLimitBytes: bytes('largest request body accepted', 8 * 1_048_576, 1_024, 256 * 1_048_576),
})

const column = z.strictObject({
  type: z
    .enum(['number', 'integer', 'boolean', 'category', 'text', 'time'])
    .optional()
    .meta({ description: 'type, where the inferred one is wrong' }),
  role: z
    .enum(['feature', 'label', 'prediction', 'entity', 'time', 'id', 'ignored'])
    .optional()
    .meta({ description: 'role, where the guessed one is wrong' }),
  unit: z.string().optional().meta({ description: 'physical unit of the values' }),
  timeFormat: z
    .enum(['iso', 'day-first', 'month-first', 'epoch-s', 'epoch-ms'])
    .optional()
    .meta({ description: 'how instants are written, where it is not plain from the values' }),
})

const source = z.strictObject({
  path: z.string().optional().meta({ description: 'file that `evenkeel train` and `evenkeel ingest` read by default' }),
  columns: z.record(z.string(), column).default({}).meta({ description: 'what to know of a column beyond its values' }),
  checks: z
    .array(check)
    .max(1_000)
    .default([])
    .meta({ description: 'checks of every batch, beside those that follow from the schema' }),
})

const MIB = 1_048_576

const ingest = z.strictObject({
  maxBytes: bytes('largest batch, as it comes and again when it is unpacked', 256 * MIB, 1_024, 1_024 * MIB),
  maxRows: rows('rows of a batch at most', 5_000_000, 1, 50_000_000),
  maxColumns: z.int().min(1).max(10_000).default(1_000).meta({ description: 'columns of a batch at most' }),
  maxCellLength: z.int().min(16).max(MIB).default(32_768).meta({ description: 'length of a cell', unit: 'characters' }),
})

const serving = z.strictObject({
  maxRowsPerRequest: rows('rows of one request at most', 10_000, 1, 1_000_000),
  maxLabelsPerRequest: rows('labels of one request at most', 200_000),
  maxQueuedRows: rows('rows waiting for a model at most; more are refused with 429', 20_000),
  maxBacklogBytes: bytes(
    'bytes acknowledged and not yet recorded; more are refused with 429',
    256 * MIB,
    MIB,
    65_536 * MIB,
  ),
  fsync: z
    .boolean()
    .default(false)
    .meta({ description: 'wait for the disk before an answer: survives a power cut, and not only a killed process' }),
})

const retention = z.strictObject({
  journalDays: z
    .int()
    .min(1)
    .max(36_500)
    .default(730)
    .meta({ description: 'events of traffic and time kept; what tables are folds of is kept always', unit: 'days' }),
  predictionsDays: z
    .int()
    .min(1)
    .max(36_500)
    .default(90)
    .meta({ description: 'single predictions and their labels kept', unit: 'days' }),
  profilesDays: z
    .int()
    .min(1)
    .max(36_500)
    .default(730)
    .meta({ description: 'hourly summaries and the findings of windows kept', unit: 'days' }),
})

export const configSchema = z.strictObject({
  project: name().default('default').meta({ description: 'tenant every row belongs to' }),
  dataDir: z
    .string()
    .min(1)
    .default('.evenkeel')
    .meta({ description: 'folder of the database, the lake and the blobs, from the configuration file' }),
  database: database.prefault({}),
  server: server.prefault({}),
  ingest: ingest.prefault({}),
  serving: serving.prefault({}),
  sources: z.record(name(), source).default({}).meta({ description: 'where data comes from' }),
  models: z.record(name(), model).default({}).meta({ description: 'the models kept on an even keel' }),
  channels,
  notifications: notifications.prefault({}),
  retention: retention.prefault({}),
})

/** What a person may write: everything with a default may be left out. */
export type ConfigInput = z.input<typeof configSchema>

/** What was written, with the defaults. */
export type WrittenConfig = z.output<typeof configSchema>

/** What the process works with: every setting present, paths absolute, keys as hashes. */
export type Config = Omit<WrittenConfig, 'server'> & {
  server: Omit<WrittenConfig['server'], 'apiKeys'> & { apiKeys: ApiKey[] }
}

/** Never the key itself: what holds the configuration can be printed without giving one away. */
export interface ApiKey {
  readonly name: string
  /** SHA-256 of the key, hexadecimal. */
  readonly sha256: string
  readonly project?: string | undefined
}
export type ModelConfig = Config['models'][string]
export type SourceConfig = Config['sources'][string]

/** Gives an editor the type of `evenkeel.config.ts`; returns what it is given. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}
