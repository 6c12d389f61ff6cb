import {
  type BoostedTrees,
  calibrated,
  fitPlatt,
  type LearningData,
  type LinearModel,
  type Model,
  predict,
  trainBoostedTrees,
  trainLinearRegression,
  trainLogisticRegression,
} from '@evenkeel/stats'
import { EvenkeelError } from '../error.ts'
import type { Task } from './run.ts'
import type { TrainingSettings } from './settings.ts'
import type { Split } from './split.ts'

/** Whose model is learnt, and how; `classes` is 0 for a regression. */
interface Lesson {
  readonly task: Task
  readonly settings: TrainingSettings
}

type OnRound = (done: number, total: number) => void

/** Learns from the rows to fit; those to validate end the boosting and calibrate, and else are fitted as well. */
export function learn(
  { task, settings }: Lesson,
  classes: number,
  split: Split,
  data: (rows: Int32Array) => LearningData,
  onRound: OnRound,
): Model {
  if (settings.calibration !== 'none' && task !== 'binary') throw cannotCalibrate(task)
  const validation = data(split.validation)
  const model =
    settings.learner === 'linear'
      ? learnLinear(data(linearRows(split, settings)), task, settings, classes)
      : learnTrees(data(split.fit), validation, { task, settings }, classes, onRound)
  return settings.calibration === 'none' ? model : calibrate(model, validation)
}

function linearRows({ fit, validation }: Split, { calibration }: TrainingSettings): Int32Array {
  return calibration === 'none' ? Int32Array.from([...fit, ...validation]) : fit
}

function learnTrees(
  fit: LearningData,
  validation: LearningData,
  { task, settings }: Lesson,
  classes: number,
  onRound: OnRound,
): BoostedTrees {
  const { seed, trees, maxDepth, learningRate, minRowsPerLeaf, monotone } = settings
  return trainBoostedTrees(fit, {
    task,
    seed,
    rounds: trees,
    maxDepth,
    learningRate,
    minRowsPerLeaf,
    monotone,
    validation,
    ...(task === 'multiclass' ? { classes } : {}),
    onRound: ({ round, rounds }) => onRound(round, rounds),
  })
}

function learnLinear(fit: LearningData, task: Task, { l2 }: TrainingSettings, classes: number): LinearModel {
  if (task === 'regression') return trainLinearRegression(fit, { l2 })
  return trainLogisticRegression(fit, { task, l2, ...(task === 'multiclass' ? { classes } : {}) })
}

function calibrate(model: BoostedTrees | LinearModel, validation: LearningData): Model {
  const columns = validation.features.map((feature) => feature.values)
  const probabilities = predict(model, columns).values.filter((_, i) => i % 2 === 1)
  return calibrated(model, fitPlatt({ probabilities, outcomes: validation.target }))
}

function cannotCalibrate(task: Task): EvenkeelError {
  return new EvenkeelError(
    'TRAINING_CANNOT_CALIBRATE',
    `calibration was asked for with a ${task} task, expected a binary one; set training.calibration to none`,
    { task },
  )
}
