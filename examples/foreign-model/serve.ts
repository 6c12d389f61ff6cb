import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Evenkeel, loadConfig, openEvenkeel, serveHttp } from 'evenkeel'
import { orderSchema } from './schema.ts'

export interface Order {
  readonly amount: number
  readonly items: number
  readonly account: number
  readonly shop: string
}

/** A scikit-learn pipeline as ONNX, with rows and what it predicts for them in Python; `foreign.py` beside it made it. */
const GOLDEN = path.join(import.meta.dirname, '../../packages/evenkeel/golden/foreign.json')
export const { columns, rows, probabilities } = (
  JSON.parse(readFileSync(GOLDEN, 'utf8')) as {
    readonly binary: {
      readonly columns: string
      readonly rows: readonly Order[]
      readonly probabilities: readonly number[]
    }
  }
).binary

/** The graph becomes a version of `fraud`, and the alias `champion` says that it answers, from wherever it points now. */
async function register({ db, registry, serving }: Evenkeel): Promise<void> {
  const model = { project: 'default', model: 'fraud' }
  const bytes = Buffer.from(columns, 'base64')
  const facts = { bytes, task: 'binary', classes: ['no', 'yes'], inputs: orderSchema, by: 'ann' } as const
  const { version } = await registry.registerForeign({ ...model, ...facts })
  const expected = await registry.readAlias(db, { ...model, alias: 'champion' })
  const move = { alias: 'champion', expected, to: version, by: 'ann', reason: 'made with scikit-learn' }
  await registry.moveAlias({ ...model, ...move })
  await serving.refresh()
}

/** Serves the model from `dataDir` and hands its address to `use`; stops when that is done. */
export async function serveFraud(dataDir: string, use: (address: string) => Promise<void>): Promise<void> {
  const { config } = await loadConfig({ cwd: import.meta.dirname, env: process.env, dataDir })
  const evenkeel = await openEvenkeel(config)
  try {
    await register(evenkeel)
    const server = await serveHttp(evenkeel)
    evenkeel.driver.start()
    await use(server.address).finally(() => server.close())
  } finally {
    await evenkeel.close()
  }
}

/** Open Inference Protocol v2: one tensor per column; answers the score, the probability of fraud. */
export async function askOpenInference(address: string, orders: readonly Order[]): Promise<readonly number[]> {
  const tensor = (name: keyof Order, datatype: string) =>
    ({ name, datatype, shape: [orders.length], data: orders.map((order) => order[name]) }) as const
  const inputs = [
    ...[tensor('amount', 'FP64'), tensor('items', 'INT64')],
    ...[tensor('account', 'INT64'), tensor('shop', 'BYTES')],
  ]
  const answer = (await post(`${address}/v2/models/fraud/infer`, { inputs })) as {
    readonly outputs: readonly { readonly name: string; readonly data: readonly number[] }[]
  }
  return answer.outputs.find(({ name }) => name === 'score')?.data ?? []
}

/** MLflow's scoring protocol: rows as records; answers the class. */
export async function askMlflow(address: string, orders: readonly Order[]): Promise<readonly string[]> {
  const answer = (await post(`${address}/invocations`, { dataframe_records: orders })) as {
    readonly predictions: readonly string[]
  }
  return answer.predictions
}

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return response.json()
}

if (import.meta.main)
  await serveFraud(path.join(import.meta.dirname, '.evenkeel'), async (address) => {
    const scores = await askOpenInference(address, rows)
    const classes = await askMlflow(address, rows)
    for (const [i, { shop, amount }] of rows.entries())
      console.log(
        `${amount} in ${shop}: fraud? ${classes[i]} (${scores[i]?.toFixed(3)}, in Python ${probabilities[i]?.toFixed(3)})`,
      )
  })
