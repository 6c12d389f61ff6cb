import * as z from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts'
import type { FeatureView } from '../features/index.ts'
import { name, rows, share, span } from './fields.ts'

/**
 * Settings of one model. Each section has the names and the defaults of the part it is for (`DEFAULT_TRAINING` of training,
 * and so on; a test holds them equal), so that it is handed over as it is. They are written out here because reading a
 * configuration must not load those parts.
 */

const training = z.strictObject({
  learner: z.enum(['boosted-trees', 'linear']).default('boosted-trees').meta({ description: 'how the model learns' }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .meta({ description: 'seed of every random choice' }),
  trees: z
    .int()
    .min(1)
    .max(5_000)
    .default(200)
    .meta({ description: 'boosting rounds at most; early stopping may end sooner' }),
  maxDepth: z.int().min(1).max(12).default(6).meta({ description: 'depth of a tree at most' }),
  learningRate: z.number().min(0.001).max(1).default(0.1).meta({ description: 'weight of each new tree' }),
  minRowsPerLeaf: rows('rows a leaf stands for at least', 20, 1, 100_000),
  l2: z.number().min(0).max(1e6).default(1).meta({ description: 'ridge penalty of a linear model' }),
  monotone: z
    .record(z.string(), z.union([z.literal(1), z.literal(-1)]))
    .default({})
    .meta({ description: 'by feature: the prediction never falls (1) or never rises (-1) with it' }),
  calibration: z
    .enum(['none', 'platt'])
    .default('none')
    .meta({ description: 'how the probabilities of a binary model are corrected on the validation rows' }),
  holdoutShare: share('the newest share of the rows, kept aside to measure the model', 0.2, 0.05, 0.5),
  validationShare: share('the share before those, which ends the boosting and calibrates', 0.1, 0.02, 0.5),
  embargoMs: span('time left out before validation and held-out rows, where rows overlap in time', 0),
  minRows: rows('rows below which nothing is trained', 100, 20),
  maxRows: rows('rows trained on at most; the newest are taken', 1_000_000, 100),
  minCategoryRows: rows('a category in fewer rows goes with the unseen ones', 10, 1, 100_000),
  timeLimitMs: span('a run that takes longer is stopped', 14 * MINUTE_MS, 1_000, DAY_MS),
})

const floor = (description: string) => z.number().min(0).max(10).default(0.1).meta({ description, unit: 'nats' })

const monitors = z.strictObject({
  windowMs: span('span of event time that is summarised and judged at once', DAY_MS, MINUTE_MS),
  latenessMs: span('how long a window waits for late rows before it is judged', HOUR_MS),
  labelMaturityMs: span('age at which nearly all labels have arrived; outcomes are judged then', 2 * DAY_MS),
  minRows: rows('rows below which a window is unknown instead of judged', 200),
  falseAlarmsPerYear: z.number().min(0.01).max(365).default(1).meta({
    description: 'shifted findings of one model, all monitors together, with nothing changed',
    unit: 'per year',
  }),
  driftFloor: floor('PSI of an input beyond noise, below which a shift is too small to speak of'),
  predictionFloor: floor("the same for the model's score"),
  performanceFloor: share('rise of the loss, as a share of its reference, too small to speak of', 0.05),
})

const windows = (description: string, fallback: number) =>
  z.int().min(1).max(100).default(fallback).meta({ description, unit: 'windows' })

const alerts = z.strictObject({
  holdWindows: windows('shifted windows in a row before an alert fires', 2),
  recoverWindows: windows('steady windows in a row before it resolves', 2),
  largeRatio: z
    .number()
    .min(1)
    .max(1_000)
    .default(2)
    .meta({ description: 'a value this many times its threshold fires at once' }),
  togetherMs: span('alerts whose onsets lie this close together have one cause', 3 * DAY_MS),
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

const rollout = z.strictObject({
  stages: z
    .array(stage)
    .min(1)
    .max(10)
    .default([
      { stage: 'shadow', share: 0, minRows: 1_000 },
      { stage: 'canary', share: 0.1, minRows: 1_000 },
      { stage: 'full', share: 1, minRows: 0 },
    ])
    .meta({ description: 'the ladder a challenger climbs' }),
  minDays: z
    .int()
    .min(1)
    .max(365)
    .default(3)
    .meta({ description: 'days with labels needed in each stage', unit: 'days' }),
  timeLimitMs: span('a rollout still undecided after this long is reverted', 28 * DAY_MS, HOUR_MS),
  probationMs: span('how long the version before one set by hand goes on in the shadow', 7 * DAY_MS),
  alpha: z
    .number()
    .min(0.0001)
    .max(0.5)
    .default(0.05)
    .meta({ description: 'probability of promoting a challenger that is no better', unit: 'share' }),
  margin: z.number().min(0).max(1).nullable().default(null).meta({
    description: 'mean loss by which a challenger may be worse and still be promoted; null: it must be better',
  }),
})

const ACTIONS = ['quarantine', 'repair', 'rollback', 'retrain', 'hold', 'notify'] as const
const response = (cause: string, action: (typeof ACTIONS)[number], approval: 'automatic' | 'person' = 'automatic') =>
  z
    .strictObject({
      action: z
        .enum(ACTIONS)
        .default(action)
        .meta({ description: `what is done about ${cause}` }),
      approval: z
        .enum(['automatic', 'person'])
        .default(approval)
        .meta({ description: 'whether a person is asked first' }),
    })
    .prefault({})

const remedies = z.strictObject({
  autonomy: z
    .enum(['observe', 'suggest', 'act'])
    .default('act')
    .meta({ description: 'how far automation goes: propose nothing, propose only, do what can be undone' }),
  minProbability: share('causes less probable than this are left to a person', 0.8),
  responses: z
    .strictObject({
      'missing-burst': response('a burst of missing values', 'quarantine'),
      'unit-change': response('a change of unit', 'quarantine'),
      'stuck-value': response('a value that is stuck', 'quarantine'),
      'new-category': response('a new category', 'quarantine'),
      'category-renamed': response('a renamed category', 'repair', 'person'),
      'bad-version': response('a bad version', 'rollback'),
      'concept-change': response('a change of what inputs mean for the label', 'retrain'),
      'population-shift': response('a shift of the population', 'retrain'),
      'immature-labels': response('labels that are not all there yet', 'notify'),
      'volume-change': response('a change of volume', 'notify'),
    })
    .prefault({}),
  cooldownMs: span('rest after a remedy of a model has ended', 6 * HOUR_MS),
  repeatAfterMs: span('rest before a remedy that was reverted is tried again', 7 * DAY_MS),
  dailyBudget: z
    .int()
    .min(0)
    .max(1_000)
    .default(3)
    .meta({ description: 'remedies within 24 hours at most', unit: 'remedies' }),
  reviewAfterMs: z
    .strictObject({
      quarantine: span('time a quarantine has to work', 14 * DAY_MS, MINUTE_MS),
      repair: span('time a repair has to work', 14 * DAY_MS, MINUTE_MS),
      rollback: span('time a rollback has to work', 3 * DAY_MS, MINUTE_MS),
      retrain: span('time a retraining has to work', 21 * DAY_MS, MINUTE_MS),
    })
    .prefault({}),
  refreshEveryMs: z
    .int()
    .min(HOUR_MS)
    .max(3_660 * DAY_MS)
    .nullable()
    .default(null)
    .meta({
      description: 'a challenger is trained this long after the last run, with nothing wrong; null is never',
      unit: 'ms',
    }),
  retrainWindowMs: z
    .int()
    .min(HOUR_MS)
    .max(3_660 * DAY_MS)
    .nullable()
    .default(null)
    .meta({ description: 'event time up to now that a retraining reads; null is everything known', unit: 'ms' }),
  proposalMaxAgeMs: span('age at which a refused plan is no longer proposed again', 7 * DAY_MS),
})

/** Views are code: they come from `defineFeatureView` in a TypeScript configuration. */
const view = z.custom<FeatureView>(isFeatureView, 'expected a view made with defineFeatureView({ … })')

const plainFeatures = z.strictObject({
  entity: z.string().optional().meta({ description: 'column that names what a row is about' }),
  time: z.string().optional().meta({ description: 'column with the time of the event' }),
  numeric: z.array(z.string()).default([]).meta({ description: 'columns used as numbers' }),
  categorical: z.array(z.string()).default([]).meta({ description: 'columns used as categories' }),
  calendar: z.boolean().default(true).meta({ description: 'hour of day and day of week of the time, as features' }),
})

export const model = z.strictObject({
  source: name().meta({ description: 'source whose batches train the model' }),
  view: view.optional().meta({ description: 'the features, as code (TypeScript configuration)' }),
  features: plainFeatures
    .optional()
    .meta({ description: 'the features, as lists of columns; with neither, every column that may be one' }),
  label: z.string().min(1).meta({ description: 'column to predict' }),
  task: z
    .enum(['binary', 'multiclass', 'regression'])
    .meta({ description: 'one of two classes, one of several, or a number' }),
  classes: z
    .array(z.string())
    .min(2)
    .max(1_000)
    .optional()
    .meta({ description: 'order of the classes, the positive one of two last; sorted when left out' }),
  training: training.prefault({}),
  monitors: monitors.prefault({}),
  alerts: alerts.prefault({}),
  rollout: rollout.prefault({}),
  remedies: remedies.prefault({}),
})

function isFeatureView(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const features = (value as { features?: unknown }).features
  return Array.isArray(features) && features.every((feature) => typeof feature?.compute === 'function')
}
