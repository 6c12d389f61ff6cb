import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { EvenkeelError } from '../error.ts'
import type { OnTraining } from './learn.ts'
import type { ThreadMessage, TrainedModel, TrainingTask } from './task.ts'

/** Sources run unbuilt in development and as JavaScript when published: the worker has this module's own ending. */
const workerFile = new URL(`./training-worker${path.extname(import.meta.url)}`, import.meta.url)

/**
 * Learns in a thread of its own, so that requests are answered meanwhile.
 * @throws EvenkeelError what the rows lack (TRAINING_…, LEARN_…), TRAINING_TOO_SLOW
 */
export function learnInThread(task: TrainingTask, onTraining: OnTraining): Promise<TrainedModel> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile, { workerData: task, transferList: buffersOf(task) })
    const limit = setTimeout(() => settle(() => reject(tooSlow(task))), task.settings.timeLimitMs)
    const settle = (end: () => void) => {
      clearTimeout(limit)
      worker.removeAllListeners()
      // Something thrown while it is being ended is no news any more.
      worker.on('error', () => {})
      worker.terminate().then(end, end)
    }
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'progress') onTraining(message)
      else if (message.kind === 'trained') settle(() => resolve(message.trained))
      else settle(() => reject(new EvenkeelError(message.code, message.message, message.details)))
    })
    worker.on('error', (error) => settle(() => reject(error)))
    worker.on('exit', (code) => settle(() => reject(new Error(`the training thread ended with code ${code}`))))
  })
}

/** Columns are handed over, not copied. */
function buffersOf({ features, raw, label, times, twins }: TrainingTask): ArrayBuffer[] {
  const columns = [...features.columns, ...raw.columns, ...label.columns]
  const arrays = [...columns.map((column) => (column.kind === 'numeric' ? column.values : column.codes)), times, twins]
  const buffers = arrays.filter((array) => array !== null).map((array) => array.buffer as ArrayBuffer)
  return [...new Set(buffers)]
}

function tooSlow({ model, settings }: TrainingTask): EvenkeelError {
  return new EvenkeelError(
    'TRAINING_TOO_SLOW',
    `training ${model} took longer than ${Math.round(settings.timeLimitMs / 1_000)} s; take fewer rows or trees, or raise training.timeLimitMs`,
    { model, timeLimitMs: settings.timeLimitMs },
  )
}
