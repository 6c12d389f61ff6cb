import { clusteredMeanInterval } from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import { dayOf } from './flights.ts'

/** What became of a flight: asked of Evenkeel, and of the frozen twin that nobody healed. */
export interface LedgerEntry {
  readonly at: Instant
  readonly late: boolean
  /** Probability of being late, as served. */
  readonly served: number
  /** The same from the twin, on the same row as it was sent. */
  readonly twin: number
}

/** Mean log loss of both over some flights, and their paired difference with a 95 % interval. */
export interface Comparison {
  readonly flights: number
  /** Share of flights that were late, and what each said it would be. */
  readonly late: number
  readonly servedMean: number
  readonly twinMean: number
  /** Nats a flight. */
  readonly servedLoss: number
  readonly twinLoss: number
  /** twinLoss - servedLoss: above zero, healing helped. */
  readonly gain: { readonly value: number; readonly low: number; readonly high: number } | null
}

/** Probabilities of 0 and 1 would cost infinitely much when wrong; this far from them is as sure as a model may be. */
const SURE = 1e-7

function logLoss(probability: number, late: boolean): number {
  const p = late ? probability : 1 - probability
  return -Math.log(Math.min(1 - SURE, Math.max(SURE, p)))
}

export function within(entries: readonly LedgerEntry[], span: Span): readonly LedgerEntry[] {
  return entries.filter((entry) => entry.at >= span.from && entry.at < span.until)
}

/** Flights of one day share its weather, so the interval of the gain is over days, not over flights. */
export function compare(entries: readonly LedgerEntry[]): Comparison {
  const mean = (value: (entry: LedgerEntry) => number) =>
    entries.reduce((sum, entry) => sum + value(entry), 0) / entries.length
  const servedLoss = mean((entry) => logLoss(entry.served, entry.late))
  const twinLoss = mean((entry) => logLoss(entry.twin, entry.late))
  return {
    flights: entries.length,
    late: mean((entry) => Number(entry.late)),
    servedMean: mean((entry) => entry.served),
    twinMean: mean((entry) => entry.twin),
    servedLoss,
    twinLoss,
    gain: gainOverDays(entries),
  }
}

function gainOverDays(entries: readonly LedgerEntry[]): Comparison['gain'] {
  const days = Map.groupBy(entries, (entry) => dayOf(entry.at))
  const means: number[] = []
  const weights: number[] = []
  for (const flights of days.values()) {
    const sum = flights.reduce(
      (total, { served, twin, late }) => total + logLoss(twin, late) - logLoss(served, late),
      0,
    )
    means.push(sum / flights.length)
    weights.push(flights.length)
  }
  const figure = clusteredMeanInterval(means, weights)
  return figure.kind === 'unknown' ? null : { value: figure.value, low: figure.low, high: figure.high }
}
