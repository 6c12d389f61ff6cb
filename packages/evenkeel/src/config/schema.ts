import * as z from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts'
import type { FeatureView } from '../features/index.ts'

/**
 * The one description of every setting: its type, default, limits, unit and meaning. Validation, the types, the names of
 * the environment variables and `evenkeel config --explain` all come from here.
 */

/** A name that goes into addresses, file names and SQL rows alike. */
const name = () => z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/i, 'expected letters, digits, and - _ . between them')

const ms = (description: string, fallback: number, min = 0, max = 366 * DAY_MS) =>
  z.int().min(min).max(max).default(fallback).meta({ description, unit: 'ms' })

const share = (description: string, fallback: number) =>
  z.number().min(0).max(1).default(fallback).meta({ description, unit: 'share' })

const rows = (description: string, fallback: number, min = 1, max = 10_000_000) =>
  z.int().min(min).max(max).default(fallback).meta({ description, unit: 'rows' })

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
  bodyLimitBytes: z
    .int()
    .min(1_024)
    .max(256 * 1_048_576)
    .default(8 * 1_048_576)
    .meta({ description: 'largest request body accepted', unit: 'bytes' }),
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
})

const AUTONOMY = ['automatic', 'approval', 'never'] as const
const autonomy = (action: string, fallback: (typeof AUTONOMY)[number]) =>
  z
    .enum(AUTONOMY)
    .default(fallback)
    .meta({ description: `${action}: done at once, after a person's approval, or never` })

const training = z.strictObject({
  learner: z.enum(['boosted-trees', 'linear']).default('boosted-trees').meta({ description: 'how the model learns' }),
  trees: z
    .int()
    .min(1)
    .max(2_000)
    .default(200)
    .meta({ description: 'boosting rounds at most; early stopping may end sooner' }),
  maxDepth: z.int().min(1).max(12).default(6).meta({ description: 'depth of a tree' }),
  learningRate: z.number().min(0.001).max(1).default(0.1).meta({ description: 'weight of each new tree' }),
  minRowsPerLeaf: rows('rows a leaf stands for at least', 20, 1, 100_000),
  holdoutShare: z
    .number()
    .min(0.05)
    .max(0.5)
    .default(0.2)
    .meta({ description: 'the latest share of the rows, kept aside to measure the model', unit: 'share' }),
  minRows: rows('rows below which nothing is trained', 500, 20),
  maxRows: rows('rows trained on at most; the latest are taken', 1_000_000, 100),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .meta({ description: 'seed of every random choice' }),
})

const monitors = z.strictObject({
  windowMs: ms('span of event time that is summarised and judged at once', DAY_MS, MINUTE_MS),
  latenessMs: ms('how long a window waits for late rows before it closes', HOUR_MS),
  labelMaturityMs: ms('age at which nearly all labels have arrived; younger windows are immature', 2 * DAY_MS),
  minRows: rows('rows below which a window is unknown instead of judged', 200),
  falseAlarmsPerYear: z
    .number()
    .min(0.01)
    .max(365)
    .default(1)
    .meta({ description: 'alarms of one model, all monitors together, with nothing changed', unit: 'per year' }),
  driftFloor: z
    .number()
    .min(0)
    .max(10)
    .default(0.1)
    .meta({ description: 'PSI of a feature below which a shift is too small to speak of', unit: 'nats' }),
  predictionFloor: z
    .number()
    .min(0)
    .max(10)
    .default(0.1)
    .meta({ description: 'PSI of the predictions below which a shift is too small to speak of', unit: 'nats' }),
  performanceFloor: share('fall of the main measure, as a share of its reference, too small to speak of', 0.05),
})

const stage = z.strictObject({
  stage: z.enum(['shadow', 'canary', 'full']).meta({ description: 'what the challenger does' }),
  share: z.number().min(0).max(1).meta({ description: 'share of the traffic it answers', unit: 'share' }),
  minRows: z
    .int()
    .min(0)
    .max(10_000_000)
    .meta({ description: 'labelled rows needed before the next stage', unit: 'rows' }),
})

const policy = z.strictObject({
  quarantine: autonomy('set bad data aside', 'automatic'),
  repair: autonomy('undo a known fault at the door', 'automatic'),
  rollback: autonomy('return to the version before', 'automatic'),
  retrain: autonomy('train a challenger', 'automatic'),
  coolDownMs: ms('rest between two remedies of one model', 6 * HOUR_MS),
  dailyBudget: z.int().min(0).max(1_000).default(4).meta({ description: 'remedies a day at most', unit: 'remedies' }),
  reviewMs: ms('time a remedy has to work before it is reverted', 3 * DAY_MS, MINUTE_MS),
  rollout: z
    .array(stage)
    .min(1)
    .max(10)
    .default([
      { stage: 'shadow', share: 0, minRows: 1_000 },
      { stage: 'canary', share: 0.1, minRows: 1_000 },
      { stage: 'full', share: 1, minRows: 0 },
    ])
    .meta({ description: 'the ladder a challenger climbs' }),
})

/** Views are code: they come from `defineFeatureView` in a TypeScript configuration. */
const view = z.custom<FeatureView>(isFeatureView, 'expected a view made with defineFeatureView({ … })')

const plainFeatures = z.strictObject({
  entity: z.string().optional().meta({ description: 'column that names what a row is about' }),
  time: z.string().optional().meta({ description: 'column with the time of the event' }),
  numeric: z.array(z.string()).default([]).meta({ description: 'columns used as numbers' }),
  categorical: z.array(z.string()).default([]).meta({ description: 'columns used as categories' }),
})

const model = z.strictObject({
  source: name().meta({ description: 'source whose batches train the model' }),
  view: view.optional().meta({ description: 'the features, as code (TypeScript configuration)' }),
  features: plainFeatures.optional().meta({ description: 'the features, as lists of columns (JSON or YAML)' }),
  label: z.string().min(1).meta({ description: 'column to predict' }),
  task: z
    .enum(['binary', 'multiclass', 'regression'])
    .meta({ description: 'one of two classes, one of several, or a number' }),
  training: training.prefault({}),
  monitors: monitors.prefault({}),
  policy: policy.prefault({}),
})

const retention = z.strictObject({
  journalDays: z.int().min(1).max(36_500).default(730).meta({ description: 'events kept', unit: 'days' }),
  predictionsDays: z
    .int()
    .min(1)
    .max(36_500)
    .default(90)
    .meta({ description: 'single predictions kept', unit: 'days' }),
  profilesDays: z
    .int()
    .min(1)
    .max(36_500)
    .default(730)
    .meta({ description: 'summaries of windows kept', unit: 'days' }),
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
  sources: z.record(name(), source).default({}).meta({ description: 'where data comes from' }),
  models: z.record(name(), model).default({}).meta({ description: 'the models kept on an even keel' }),
  retention: retention.prefault({}),
})

/** What a person may write: everything with a default may be left out. */
export type ConfigInput = z.input<typeof configSchema>

/** What the process works with: every setting present, paths absolute, keys as hashes. */
export type Config = z.output<typeof configSchema>
export type ModelConfig = Config['models'][string]
export type SourceConfig = Config['sources'][string]

/** Gives an editor the type of `evenkeel.config.ts`; returns what it is given. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}

function isFeatureView(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const features = (value as { features?: unknown }).features
  return Array.isArray(features) && features.every((feature) => typeof feature?.compute === 'function')
}
