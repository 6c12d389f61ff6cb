import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createRandom } from '../../packages/stats/src/index.ts'
import { type Acknowledged, startTraffic, type Traffic } from './traffic.ts'

export interface CrashOptions {
  readonly kills: number
  readonly seed: number
  readonly dataDir: string
  /** A real server's empty database; the embedded one when left out. */
  readonly url?: string | undefined
}

/** A life ends after some of these acknowledgements, and up to so long after the last: on a slow machine as on a fast one. */
const MAX_LIFE_ANSWERS = 200
const MAX_EXTRA_MS = 100
const STEP_MS = 2

/**
 * Starts the server, sends traffic, kills it without warning at a random moment, and again, `kills` times; then lets it
 * finish. Resolves to what was acknowledged in all its lives.
 */
export async function crash({ kills, seed, dataDir, url: database }: CrashOptions): Promise<Acknowledged> {
  const random = createRandom(seed).fork('kills')
  const traffic = startTraffic(seed)
  for (let life = 0; life < kills; life++) {
    const { child, url } = await startServer(dataDir, database)
    traffic.aim(url)
    await answers(traffic, 1 + random.integer(MAX_LIFE_ANSWERS))
    await wait(random.next() * MAX_EXTRA_MS)
    await end(child, 'SIGKILL')
    traffic.aim(null)
  }
  const { child, url } = await startServer(dataDir, database)
  traffic.aim(url)
  await answers(traffic, MAX_LIFE_ANSWERS)
  await traffic.stop()
  await end(child, 'SIGTERM')
  return traffic.acknowledged
}

async function answers({ acknowledged: { predictions } }: Traffic, count: number): Promise<void> {
  const until = predictions.size + count
  while (predictions.size < until) await wait(STEP_MS)
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function startServer(
  dataDir: string,
  database: string | undefined,
): Promise<{ child: ChildProcess; url: string }> {
  const file = fileURLToPath(new URL('./server.ts', import.meta.url))
  const { DATABASE_URL: _, ...rest } = process.env
  const env = database === undefined ? rest : { ...rest, DATABASE_URL: database }
  const child = spawn(process.execPath, [file, dataDir], { stdio: ['ignore', 'pipe', 'inherit'], env })
  for await (const line of createInterface({ input: child.stdout! })) return { child, url: line }
  throw new Error(`the server ended with code ${child.exitCode} before it listened`)
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const exited = once(child, 'exit')
  child.kill(signal)
  const [code] = await exited
  if (signal === 'SIGTERM' && code !== 0) throw new Error(`the server ended with code ${code}, expected 0`)
}
