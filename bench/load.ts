import autocannon from 'autocannon'

/** What the load generator is told, as JSON in its first argument. It runs in a process of its own, on the same cores. */
export interface Load {
  readonly url: string
  readonly body: string
  readonly connections: number
  readonly pipelining: number
  readonly seconds: number
  /** Requests per second over all connections; as many as go, when left out. */
  readonly rate?: number
}

export interface LoadResult {
  readonly perSecond: number
  readonly latencyMsP50: number
  readonly latencyMsP99: number
  readonly failed: number
}

const load = JSON.parse(process.argv[2] ?? '{}') as Load
const result = await autocannon({
  url: load.url,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: load.body,
  connections: load.connections,
  pipelining: load.pipelining,
  duration: load.seconds,
  ...(load.rate === undefined ? {} : { overallRate: load.rate }),
})
const answer: LoadResult = {
  perSecond: result.requests.total / result.duration,
  latencyMsP50: result.latency.p50,
  latencyMsP99: result.latency.p99,
  failed: result.non2xx + result.errors,
}
process.stdout.write(JSON.stringify(answer))
