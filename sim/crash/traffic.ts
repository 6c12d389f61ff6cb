import { createRandom, type Random } from '../../packages/stats/src/index.ts'

/** What the server acknowledged: what must be there afterwards, whatever happened in between. */
export interface Acknowledged {
  /** Score by prediction id. */
  readonly predictions: Map<string, number>
  /** Labels that may be the newest of an id: the last acknowledged one, and those sent after it without an answer. */
  readonly labels: Map<string, Set<string>>
}

export interface Traffic {
  readonly acknowledged: Acknowledged
  /** Requests go here; null while the server is down. */
  aim(url: string | null): void
  stop(): Promise<void>
}

const CLIENTS = 6
const CARRIERS = ['AA', 'DL', 'UA', 'a new one']
const LABELS = ['on time', 'late']

/** Clients that predict, label early, label late and correct, one request after the other each. */
export function startTraffic(seed: number): Traffic {
  const acknowledged: Acknowledged = { predictions: new Map(), labels: new Map() }
  let url: string | null = null
  let stopped = false
  const client = async (random: Random, name: string) => {
    for (let n = 0; !stopped; n++) {
      if (url === null) await new Promise((resolve) => setTimeout(resolve, 5))
      else await act(url, `${name}-${n}`, random, acknowledged).catch(() => {})
    }
  }
  const root = createRandom(seed)
  const clients = Array.from({ length: CLIENTS }, (_, i) => client(root.fork(`client ${i}`), `c${i}`))
  return {
    acknowledged,
    aim(next) {
      url = next
    },
    async stop() {
      stopped = true
      await Promise.all(clients)
    },
  }
}

async function act(url: string, id: string, random: Random, acknowledged: Acknowledged): Promise<void> {
  const rows = 1 + random.integer(3)
  const ids = Array.from({ length: rows }, (_, i) => `${id}-${i}`)
  if (random.next() < 0.2) await label(url, ids[0]!, random, acknowledged)
  await predict(url, ids, random, acknowledged)
  if (random.next() < 0.7) await label(url, ids[0]!, random, acknowledged)
  if (random.next() < 0.3) await label(url, ids[0]!, random, acknowledged)
}

async function predict(
  url: string,
  ids: readonly string[],
  random: Random,
  { predictions }: Acknowledged,
): Promise<void> {
  const rows = ids.map(() => ({
    distance: random.integer(1_000),
    stops: random.integer(3),
    carrier: CARRIERS[random.integer(4)],
    night: null,
  }))
  const at = Date.UTC(2001, 0, 1) + random.integer(6 * 3_600_000)
  const body = { rows, id: ids, at }
  const answer = (await post(`${url}/v1/models/flights/predict`, body)) as {
    predictions: { id: string; score: number }[]
  }
  for (const { id, score } of answer.predictions) predictions.set(id, score)
  // Sent again, as a client does that lost its answer: the first one counts.
  if (random.next() < 0.1) await post(`${url}/v1/models/flights/predict`, body)
}

async function label(url: string, id: string, random: Random, { labels }: Acknowledged): Promise<void> {
  const truth = LABELS[random.integer(2)]!
  const possible = labels.get(id) ?? new Set<string>()
  if (!labels.has(id)) labels.set(id, possible.add('none'))
  possible.add(truth)
  await post(`${url}/v1/models/flights/labels`, { id, label: truth })
  labels.set(id, new Set([truth]))
}

async function post(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response.json()
}
