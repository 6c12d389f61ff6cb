import { createMonitor, type Monitor } from './monitor.ts'
import type { Reference } from './reference.ts'

/** Adopting a new reference: the monitor that has it, or why not. */
export type Adoption =
  | { readonly kind: 'adopted'; readonly monitor: Monitor }
  | {
      readonly kind: 'refused'
      /** The stream furthest over what is allowed: half the logarithm of its threshold. */
      readonly name: string
      /** CUSUM of its strongest bet, in nats; the evidence itself also grows with the hours in which nothing happens. */
      readonly nats: number
      readonly allowed: number
    }

/**
 * A monitor with a newer reference, unless a stream is shifted or on its way there (above the square root of its
 * threshold): a reference never moves to a shifted window by itself. The first reference stays as the anchor for ever,
 * with a wider tolerance, so that drift in small steps, each of which would pass, is seen where they add up. Evidence
 * starts anew: what is half full is lost, so seal before.
 * @throws StatsError STATS_BINS_DIFFER where the new reference has other streams
 * @example
 * const hours = Array.from({ length: 336 }, (_, hour) => ({ hour, counts: [[300, 200]] }))
 * const reference = fitReference([{ name: 'plan', bins: 2 }], hours)
 * adoptReference(createMonitor(reference), reference).kind // 'adopted'
 */
export function adoptReference(monitor: Monitor, newer: Reference): Adoption {
  let worst: Extract<Adoption, { kind: 'refused' }> | undefined
  for (let s = 0; s < monitor.watches.length; s++) {
    const allowed = monitor.logThresholds[s]! / 2
    const nats = Math.max(...[monitor.watches[s], monitor.anchored[s]].flatMap((watch) => [...(watch?.cusum ?? [0])]))
    if (nats <= allowed && !monitor.shifted[s]) continue
    if (worst && nats - allowed <= worst.nats - worst.allowed) continue
    worst = { kind: 'refused', name: monitor.reference.streams[s]!.name, nats, allowed }
  }
  if (worst) return worst
  const anchor = monitor.anchor ?? monitor.reference
  return { kind: 'adopted', monitor: createMonitor(newer, { ...monitor.options, anchor }) }
}
