import { BETS } from './bets.ts'

/**
 * Shiryaev-Roberts e-detectors on observations one by one, one account per bet, in logs, as plain numbers. Accounts
 * stand in groups of `BETS.length`; an observation is bet on by one group or more, and for the others it is a row like
 * any other. `M = (1 + M) E` with `E = 1 + λ x`, whose mean is 1 at most while the mean of x is 0 or less and x >= -1.
 */
export type Accounts = {
  /** Observations since the start or the last alarm. */
  rows: number
  /** ln M of each account, as it stood after `seen` rows: M grows by 1 with each row that is not bet on. */
  evidence: number[]
  seen: number[]
  /** CUSUM of each account and the row before which it was last at nought: they say since when. */
  cusum: number[]
  start: number[]
}

/** M starts at 0, its logarithm far below anything (and finite, so that JSON keeps it). */
export function freshAccounts(groups: number): Accounts {
  const all = (value: number) => Array.from({ length: groups * BETS.length }, () => value)
  return { rows: 0, evidence: all(-1e9), seen: all(0), cusum: all(0), start: all(0) }
}

/** Bets of one group on the next observation; `endRow` closes it. @param excess x, -1 or more */
export function betOn(accounts: Accounts, group: number, excess: number): void {
  const { evidence, seen, cusum, start, rows } = accounts
  for (let k = 0; k < BETS.length; k++) {
    const at = group * BETS.length + k
    const gain = Math.log1p(BETS[k]! * excess)
    evidence[at] = Math.log(rows + 1 - seen[at]! + Math.exp(Math.min(700, evidence[at]!))) + gain
    seen[at] = rows + 1
    const raised = cusum[at]! + gain
    cusum[at] = Math.max(0, raised)
    if (raised <= 0) start[at] = rows + 1
  }
}

/** ln of the mean of M over all accounts, now; -1e9 before the first row. */
export function logMeanEvidence({ rows, evidence, seen }: Accounts): number {
  if (rows === 0) return -1e9
  let largest = Math.log(rows)
  for (let i = 0; i < evidence.length; i++) largest = Math.max(largest, evidence[i]!)
  let sum = 0
  for (let i = 0; i < evidence.length; i++)
    sum += Math.exp(evidence[i]! - largest) + (rows - seen[i]!) * Math.exp(-largest)
  return largest + Math.log(sum / evidence.length)
}

/** Row with which the strongest account's evidence began. */
export function onsetRow({ cusum, start }: Accounts): number {
  let strongest = 0
  for (let i = 1; i < cusum.length; i++) if (cusum[i]! > cusum[strongest]!) strongest = i
  return start[strongest]!
}
