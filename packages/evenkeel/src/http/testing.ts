import type { Registry } from '../registry/index.ts'
import { flightRegistry, openTestServing, type TestServing } from '../serving/testing.ts'
import { createServer, type Server, type ServerOptions } from './server.ts'

export interface TestServer {
  readonly world: TestServing
  readonly url: string
  /** Another server before the same serving, not started. */
  open(options: Partial<ServerOptions>): Server
  /** POSTs `body` as JSON (text and bytes as they are), or GETs without one. */
  call(path: string, body?: unknown, init?: RequestInit): Promise<TestAnswer>
  close(): Promise<void>
}

interface TestAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Parsed; null where the answer is no JSON. */
  readonly body: ReturnType<typeof JSON.parse>
}

/** The HTTP server before a real data plane with the model `flights`, on a free port. */
export async function openTestServer(): Promise<TestServer> {
  const world = await openTestServing()
  const registry = { ...flightRegistry(), readAliases: async () => [] } as unknown as Registry
  const control = { listAlerts: async ({ limit }: { limit: number }) => [{ limit }], throwSwitch: async () => {} }
  const open = (options: Partial<ServerOptions>) =>
    createServer({ db: world.db, serving: world.serving, registry, version: '0.0.0', port: 0, control, ...options })
  const server = open({})
  const url = await server.start()
  return {
    world,
    url,
    open,
    call: (path, body, init = {}) => callServer(url + path, body, init),
    async close() {
      await server.stop()
      await world.close()
    },
  }
}

async function callServer(url: string, body: unknown, init: RequestInit): Promise<TestAnswer> {
  const headers = { 'content-type': 'application/json', ...(init.headers as Record<string, string>) }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(url, body === undefined ? init : { method: 'POST', body: text, ...init, headers })
  const answer = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    body: /^[{[]/.test(answer) ? JSON.parse(answer) : null,
  }
}
