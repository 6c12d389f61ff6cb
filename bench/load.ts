import net from 'node:net'
import { performance } from 'node:perf_hooks'

/**
 * What the load generator is told, as JSON in its first argument. It runs in a process of its own, on the same cores as
 * what it measures, so it does little: it writes one prepared request and reads of an answer its status and its length.
 */
export interface Load {
  readonly url: string
  readonly body: string
  readonly connections: number
  /** Requests under way per connection at most. */
  readonly pipelining: number
  readonly seconds: number
  /** Requests per second over all connections, evenly spaced; as many as go, when left out. */
  readonly rate?: number
}

export interface LoadResult {
  readonly perSecond: number
  /** With a rate: from when the request was due, so that an answer that came late does not hide those behind it. */
  readonly latencyMsP50: number
  readonly latencyMsP99: number
  readonly failed: number
}

interface Connection {
  send(due: readonly number[]): void
  underWay(): number
  close(): void
}

const load = JSON.parse(process.argv[2] ?? '{}') as Load
const latenciesMs: number[] = []
let failed = 0
const connections = await Promise.all(Array.from({ length: load.connections }, () => connect(load)))
const began = performance.now()
const until = began + load.seconds * 1000
await (load.rate === undefined ? flood() : pace(load.rate))
const seconds = (performance.now() - began) / 1000
for (const connection of connections) connection.close()
process.stdout.write(JSON.stringify(summary(seconds)))

/** Every answer is followed by the next request on its connection. */
async function flood(): Promise<void> {
  const now = performance.now()
  for (const connection of connections) connection.send(Array<number>(load.pipelining).fill(now))
  await new Promise((resolve) => setTimeout(resolve, load.seconds * 1000))
}

/** Sends what is due every millisecond; a request that finds every connection full waits, and its time runs. */
async function pace(rate: number): Promise<void> {
  let sent = 0
  while (performance.now() < until) {
    const due = Math.floor(((performance.now() - began) / 1000) * rate)
    for (let tried = 0; sent < due && tried < connections.length; tried++) {
      const connection = connections[(sent + tried) % connections.length]!
      if (connection.underWay() >= load.pipelining) continue
      connection.send([began + (sent++ / rate) * 1000])
      tried = -1
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

async function connect({ url, body, rate }: Load): Promise<Connection> {
  const { hostname, port, pathname, host } = new URL(url)
  const request = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const underWay: number[] = []
  const send = (due: readonly number[]) => {
    underWay.push(...due)
    socket.write(due.length === 1 ? request : request.repeat(due.length))
  }
  let rest = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    const { statuses, left } = readAnswers(rest + text)
    rest = left
    const now = performance.now()
    for (const status of statuses) {
      latenciesMs.push(now - underWay.shift()!)
      if (status !== '200') failed++
    }
    if (rate === undefined && now < until && statuses.length > 0) send(Array<number>(statuses.length).fill(now))
  })
  socket.on('error', () => failed++)
  return { send, underWay: () => underWay.length, close: () => socket.destroy() }
}

/** The statuses of the whole answers in the text, and the beginning of the next. */
function readAnswers(text: string): { statuses: readonly string[]; left: string } {
  const statuses: string[] = []
  let from = 0
  for (;;) {
    const head = text.indexOf('\r\n\r\n', from)
    if (head < 0) return { statuses, left: text.slice(from) }
    const length = text.indexOf('content-length: ', from)
    if (length < 0 || length > head) throw new Error(`an answer without its length: ${text.slice(from, head)}`)
    const end = head + 4 + Number(text.slice(length + 16, text.indexOf('\r\n', length)))
    if (end > text.length) return { statuses, left: text.slice(from) }
    statuses.push(text.slice(from + 9, from + 12))
    from = end
  }
}

function summary(seconds: number): LoadResult {
  const sorted = Float64Array.from(latenciesMs).sort()
  const quantile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return {
    perSecond: sorted.length / seconds,
    latencyMsP50: quantile(0.5),
    latencyMsP99: quantile(0.99),
    failed: failed + (sorted.length === 0 ? 1 : 0),
  }
}
