/** What a detector did on many runs of one world. */
export type Score = {
  readonly changes: number
  readonly found: number
  /** Losses from a change to its alarm, that one included. */
  readonly delays: readonly number[]
  /** Alarms beyond the first one of a change, and before any. */
  readonly surplus: number
  readonly rows: number
}

export const NOTHING: Score = { changes: 0, found: 0, delays: [], surplus: 0, rows: 0 }

/** An alarm belongs to the last change that began before it; the first one finds it, further ones are surplus. */
export function score(alarms: readonly number[], changes: readonly number[], rows: number): Score {
  const delays = changes.flatMap((at, i) => {
    const until = changes[i + 1] ?? rows
    const hit = alarms.find((alarm) => alarm >= at && alarm < until)
    return hit === undefined ? [] : [hit - at + 1]
  })
  return { changes: changes.length, found: delays.length, delays, surplus: alarms.length - delays.length, rows }
}

export function together(a: Score, b: Score): Score {
  return {
    changes: a.changes + b.changes,
    found: a.found + b.found,
    delays: [...a.delays, ...b.delays],
    surplus: a.surplus + b.surplus,
    rows: a.rows + b.rows,
  }
}

export function foundShare({ found, changes }: Score): number {
  return found / changes
}

export function surplusPer10k({ surplus, rows }: Score): number {
  return (surplus / rows) * 10_000
}

/** NaN-free: 0 where nothing was found, which `foundShare` says. */
export function meanDelay({ delays }: Score): number {
  return delays.length === 0 ? 0 : delays.reduce((sum, delay) => sum + delay, 0) / delays.length
}

export function medianDelay({ delays }: Score): number {
  return [...delays].sort((a, b) => a - b)[delays.length >> 1] ?? 0
}
