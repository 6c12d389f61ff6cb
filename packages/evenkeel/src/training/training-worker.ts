import { parentPort, workerData } from 'node:worker_threads'
import { learnModel } from './learn.ts'
import type { ThreadMessage, TrainingTask } from './task.ts'

const port = parentPort
if (!port) throw new Error('training-worker runs as a worker thread only')
const say = (message: ThreadMessage) => port.postMessage(message)

try {
  const trained = learnModel(workerData as TrainingTask, (progress) => say({ kind: 'progress', ...progress }))
  say({ kind: 'trained', trained })
} catch (error) {
  // What is wrong with the rows is an answer; what is wrong with the code ends the thread.
  const { code, message, details } = error as { code?: unknown; message: string; details?: Record<string, unknown> }
  if (typeof code !== 'string' || !/^(TRAINING|LEARN|STATS|FEATURES)_/.test(code)) throw error
  say({ kind: 'refused', code, message, details: details ?? {} })
}
