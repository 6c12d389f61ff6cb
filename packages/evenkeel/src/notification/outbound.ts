import http from 'node:http'
import https from 'node:https'
import { type Address, type Resolver, resolveHost } from './addresses.ts'
import type { Outcome } from './channel.ts'

/** How far a channel may reach. */
export interface Reach {
  readonly allow: readonly string[]
  readonly allowPlain: boolean
  readonly timeoutMs: number
  readonly resolver?: Resolver | undefined
}

export interface Post {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** What is sent is made of bounded texts and far smaller; whoever receives it takes this much, and more is our mistake. */
const MAX_REQUEST_BYTES = 256 * 1_024
/** An answer is looked at for a word or two, and never trusted to end. */
const MAX_ANSWER_BYTES = 4_096

/**
 * Posts JSON to somebody else's address: https unless `allowPlain`, public addresses unless allowed, the connection pinned
 * to the addresses that were checked, no redirect followed, one time limit over all of it.
 */
export async function post({ url, headers, body }: Post, reach: Reach): Promise<Outcome> {
  const target = new URL(url)
  if (target.protocol !== 'https:' && !reach.allowPlain) return refused(`${target.host} is called without TLS`)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  if (Buffer.byteLength(text) > MAX_REQUEST_BYTES)
    return refused(`the message is larger than ${MAX_REQUEST_BYTES} bytes`)
  const signal = AbortSignal.timeout(reach.timeoutMs)
  try {
    const resolved = await beforeAbort(resolveHost(target.hostname, reach.allow, reach.resolver), signal)
    if (resolved.kind === 'refused') return resolved
    return judge(await call(target, { ...headers }, text, resolved.addresses, signal))
  } catch (error) {
    return failed(signal.aborted ? `no answer within ${reach.timeoutMs} ms` : wordsOf(error))
  }
}

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

function call(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  addresses: readonly Address[],
  signal: AbortSignal,
): Promise<Answer> {
  const { request } = url.protocol === 'https:' ? https : http
  const options: https.RequestOptions = {
    method: 'POST',
    agent: false,
    signal,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'evenkeel',
      ...headers,
      'content-length': String(Buffer.byteLength(body)),
    },
    lookup: (_host, { all }, done) => {
      if (all) done(null, [...addresses])
      else done(null, addresses[0]!.address, addresses[0]!.family)
    },
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const { statusCode: status = 0, headers } = response
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
        if (text.length > MAX_ANSWER_BYTES) response.destroy()
      })
      response.on('close', () => resolve({ status, headers, text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Too early, too many, or their own trouble: worth another try. Everything else but 2xx would be the same again. */
const PASSING = new Set([408, 425, 429])

function judge({ status, headers }: Answer): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  if (status >= 300 && status < 400) return refused(`answered ${status}: it points elsewhere, and is not followed`)
  if (status >= 500 || PASSING.has(status)) return failed(`answered ${status}`, retryAfterMs(headers['retry-after']))
  return refused(`answered ${status}`)
}

/** Seconds; the other form, a date, is rare and asks for two clocks that agree. */
function retryAfterMs(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}$/.test(header) ? 1_000 * Number(header) : null
}

export function refused(reason: string): Outcome {
  return { kind: 'refused', reason }
}

export function failed(reason: string, retryAfterMs: number | null = null): Outcome {
  return { kind: 'failed', reason, retryAfterMs }
}

/** Codes, not messages: those of the network carry addresses, and those of others whatever they like. */
function wordsOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code === undefined ? `the call failed: ${message}` : `the call failed with ${code}`
}

export async function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = () => {}
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
