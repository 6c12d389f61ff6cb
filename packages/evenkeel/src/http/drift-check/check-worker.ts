import { parentPort } from 'node:worker_threads'
import { EvenkeelError } from '../../error.ts'
import { checkDrift } from './check.ts'
import type { CheckAnswer, CheckJob } from './checker.ts'

const port = parentPort
if (!port) throw new Error('check-worker runs as a worker thread only')

port.on('message', ({ bytes, limits }: CheckJob) => port.postMessage(answer(bytes, limits)))

function answer(bytes: Uint8Array, limits: CheckJob['limits']): CheckAnswer {
  try {
    return { kind: 'checked', json: JSON.stringify(checkDrift(bytes, limits)) }
  } catch (error) {
    if (!(error instanceof EvenkeelError)) throw error
    const { code, message, details } = error
    return { kind: 'refused', code, message, details }
  }
}
