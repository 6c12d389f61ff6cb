import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Draw } from './shifts.ts'

/** LightGBM as a domain classifier, in a process of its own: one answer per draw, in order. */
export type Classifier = {
  readonly judge: (draw: Draw) => Promise<{ readonly auc: number; readonly seconds: number }>
  readonly close: () => void
}

const ROOT = path.resolve(import.meta.dirname, '../..')

export function startClassifier(): Classifier {
  const script = path.join(import.meta.dirname, 'classifier.py')
  const peer = spawn('nice', ['-n', '19', path.join(ROOT, 'scripts/peers.sh'), 'run', 'learners', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]()
  return {
    judge: async (draw) => {
      peer.stdin.write(frameOf(draw))
      const { value, done } = await lines.next()
      if (done) throw new Error('the classifier ended before it answered')
      const [auc, seconds] = String(value).split(' ').map(Number)
      return { auc: auc!, seconds: seconds! }
    },
    close: () => peer.stdin.end(),
  }
}

/** Categories become codes in the order in which they come; missing is NaN. */
function frameOf({ reference, current }: Draw): Uint8Array {
  const { rows } = reference
  const numeric = Object.keys(reference.numeric)
  const categorical = Object.keys(reference.categorical)
  const width = numeric.length + categorical.length
  const values = new Float32Array(2 * rows * width)
  for (const [c, name] of numeric.entries()) {
    values.set(reference.numeric[name]!, 2 * c * rows)
    values.set(current.numeric[name]!, (2 * c + 1) * rows)
  }
  for (const [c, name] of categorical.entries()) {
    const codes = new Map<string, number>()
    const code = (value: string | null) =>
      value === null ? Number.NaN : (codes.get(value) ?? codes.set(value, codes.size).size - 1)
    const from = 2 * (numeric.length + c) * rows
    values.set(reference.categorical[name]!.map(code), from)
    values.set(current.categorical[name]!.map(code), from + rows)
  }
  return Buffer.concat([Buffer.from(Uint32Array.of(rows, width).buffer), Buffer.from(values.buffer)])
}
