import { EvenkeelError } from '../error.ts'
import type { DueLabel, FlightRow } from './world.ts'

/** The real HTTP endpoints, as any service would call them. */
export interface Client {
  sendBatch(source: string, rows: readonly object[]): Promise<void>
  /** Scores in the order of the rows. */
  predict(model: string, request: PredictBody): Promise<number[]>
  label(model: string, labels: readonly DueLabel[]): Promise<void>
  moveAlias(
    model: string,
    alias: string,
    body: { expected: number; version: number; by: string; reason: string },
  ): Promise<void>
  approvePlan(plan: string, body: { by: string; reason: string }): Promise<void>
}

interface PredictBody {
  readonly source: string
  readonly id: readonly string[]
  readonly at: readonly number[]
  readonly rows: readonly FlightRow[]
}

/** Rows in one request; a service would send a handful, a nightly job thousands. */
export const ROWS_PER_REQUEST = 500

export function createClient(address: string): Client {
  const call = async (method: string, path: string, body: unknown): Promise<unknown> => {
    const response = await fetch(`${address}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = await response.text()
    if (!response.ok)
      throw new EvenkeelError(
        'DEMO_REQUEST_REFUSED',
        `${method} ${path} answered ${response.status}: ${answer.slice(0, 500)}`,
      )
    return answer === '' ? null : JSON.parse(answer)
  }
  const name = encodeURIComponent
  return {
    sendBatch: async (source, rows) => void (await call('POST', `/v1/sources/${name(source)}/batches`, rows)),
    async predict(model, request) {
      const { predictions } = (await call('POST', `/v1/models/${name(model)}/predict`, request)) as {
        predictions: { score: number }[]
      }
      return predictions.map((prediction) => prediction.score)
    },
    label: async (model, labels) => {
      const body = { labels: labels.map(({ id, label }) => ({ id, label })) }
      await call('POST', `/v1/models/${name(model)}/labels`, body)
    },
    moveAlias: async (model, alias, body) =>
      void (await call('PUT', `/v1/models/${name(model)}/aliases/${name(alias)}`, body)),
    approvePlan: async (plan, body) => void (await call('POST', `/v1/plans/${name(plan)}/approve`, body)),
  }
}
