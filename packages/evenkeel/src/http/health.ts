import * as z from 'zod'
import { json, type Route } from './route.ts'

/** One thing the server needs; `ready` says why not where it is not. */
export interface ReadinessCheck {
  readonly name: string
  /** False for what answers do without for a while, as they do without the database (law 12): shown, not decisive. */
  readonly needed: boolean
  check(): Promise<string | null> | string | null
}

export interface Readiness {
  /** False from the moment a stop begins: balancers look elsewhere while the last answers go out. */
  readonly accepting: () => boolean
  readonly checks: readonly ReadinessCheck[]
}

export function healthRoutes(readiness: Readiness, version: string): readonly Route[] {
  const shared = { method: 'GET', tag: 'Health', open: true } as const
  return [
    {
      ...shared,
      path: '/livez',
      summary: 'The process runs; asks nobody else',
      answer: z.object({ alive: z.literal(true) }),
      handle: () => json({ alive: true, version }),
    },
    {
      ...shared,
      path: '/readyz',
      summary: 'Requests can be answered; ?verbose says what is checked',
      query: z.object({ verbose: z.string().optional() }),
      answer: z.object({ ready: z.boolean(), checks: z.record(z.string(), z.string()).optional() }),
      async handle({ query }) {
        const states = await runChecks(readiness)
        const ready = states.every(({ state, needed }) => state === 'ok' || !needed)
        const checks = Object.fromEntries(states.map(({ name, state }) => [name, state]))
        return json(query['verbose'] === undefined ? { ready } : { ready, checks }, ready ? 200 : 503)
      },
    },
  ]
}

interface CheckState {
  readonly name: string
  readonly needed: boolean
  /** `ok`, or what is wrong. */
  readonly state: string
}

async function runChecks({ accepting, checks }: Readiness): Promise<CheckState[]> {
  const states = [{ name: 'accepting', needed: true, state: accepting() ? 'ok' : 'the server is stopping' }]
  for (const { name, needed, check } of checks) {
    const wrong = await Promise.resolve()
      .then(check)
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
    states.push({ name, needed, state: wrong ?? 'ok' })
  }
  return states
}
