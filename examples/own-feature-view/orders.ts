import { writeFileSync } from 'node:fs'
import { createRandom } from '@evenkeel/stats'

export const DAY_MS = 24 * 60 * 60 * 1000
const CHANNELS = ['web', 'shop', 'phone'] as const

/**
 * Writes orders of a shop, thirty a day from `from` on: what costs much per piece, was ordered on the web or late at night,
 * comes back more often.
 */
export function writeOrders(file: string, { from, days, seed }: { from: number; days: number; seed: string }): void {
  const random = createRandom(seed)
  const lines = Array.from({ length: 30 * days }, (_, row) => {
    const at = from + ((row + random.next()) / 30) * DAY_MS
    const pieces = 1 + random.integer(6)
    const price = pieces * Math.exp(2.5 + 0.7 * random.normal())
    const channel = CHANNELS[random.integer(CHANNELS.length)]!
    const night = new Date(at).getUTCHours() < 5
    const odds = 0.12 * (price / pieces - 15) + (channel === 'web' ? 0.8 : -0.8) + (night ? 1 : 0) - 0.3
    const returned = random.next() < 1 / (1 + Math.exp(-odds)) ? 'yes' : 'no'
    return [new Date(at).toISOString(), price.toFixed(2), pieces, channel, returned].join(',')
  })
  writeFileSync(file, `${['ordered_at,price,pieces,channel,returned', ...lines].join('\n')}\n`)
}
