import type { AnyEvent, NewEvent, Step } from '../storage/index.ts'
import { dropWaiting, joinReady } from './join-tables.ts'

/**
 * Brings labels to their predictions and the difference to the outcomes. Newest wins; a correction takes away what the
 * label before it had added. A label without a prediction waits; the recorder wakes it when its prediction is recorded.
 */
export function createJoinStep(maxWaiting: number, onDropped: (labels: number) => void): Step {
  return {
    name: 'serving.join',
    on: ['labels.arrived', 'predictions.logged'],
    async run(tx, event) {
      const { project, subject: model } = event
      const joined = await joinReady(tx, project, model)
      if (joined.waiting > 0) onDropped(await dropWaiting(tx, project, model, maxWaiting))
      return joined.rows === 0 ? [] : [labelsJoined(event, model, joined)]
    },
  }
}

function labelsJoined(
  { project }: AnyEvent,
  model: string,
  { rows, corrected, from, last }: { rows: number; corrected: number; from: number; last: number },
): NewEvent {
  return { type: 'labels.joined', project, subject: model, data: { model, rows, corrected, from, until: last + 1 } }
}
