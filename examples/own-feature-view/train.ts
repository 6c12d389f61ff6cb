import path from 'node:path'
import { loadConfig, openServices } from 'evenkeel'
import { DAY_MS, writeOrders } from './orders.ts'

/** What came of it: how good the model is on the newest orders, kept aside, and what it says of orders it never saw. */
export interface Trained {
  readonly version: number | null
  readonly rocAuc: number
  readonly predictions: readonly Readonly<Record<string, string | number | null>>[]
}

/** Ingests three months of orders, trains on them, and predicts which orders of the last two days come back. */
export async function trainReturns(dir: string): Promise<Trained> {
  const [past, next] = [path.join(dir, 'orders.csv'), path.join(dir, 'next.csv')]
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS
  writeOrders(past, { from: today - 92 * DAY_MS, days: 90, seed: 'past' })
  writeOrders(next, { from: today - 2 * DAY_MS, days: 2, seed: 'next' })
  const { config } = await loadConfig({ cwd: import.meta.dirname, env: process.env, dataDir: path.join(dir, 'data') })
  const project = await openServices(config)
  try {
    const { verdict, reasons } = await project.ingest({ source: 'orders', file: past })
    if (verdict !== 'accepted') throw new Error(`the gate held the orders back: ${reasons.join('; ')}`)
    const { version, metrics, reason } = await project.train({ model: 'returns' })
    if (version === null) throw new Error(`nothing was trained: ${reason}`)
    const { predictions } = await project.predict({ model: 'returns', file: next })
    return { version, rocAuc: metrics['rocAuc']?.value ?? Number.NaN, predictions }
  } finally {
    await project.close()
  }
}

if (import.meta.main) {
  const { mkdtempSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const { version, rocAuc, predictions } = await trainReturns(mkdtempSync(path.join(tmpdir(), 'evenkeel-orders-')))
  console.log(`version ${version} is champion, area under the ROC curve ${rocAuc.toFixed(3)} on orders it has not seen`)
  for (const { prediction, score } of predictions.slice(0, 5)) console.log(`comes back? ${prediction} (${score})`)
}
