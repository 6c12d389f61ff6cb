import type { Profile } from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import type { Measured, Task } from '../registry/index.ts'
import type { OutcomeSums } from '../serving/index.ts'
import type { Queryable } from '../storage/index.ts'

/** Held-out outcomes of one day of event time, summed as serving sums them. */
export interface ReferenceDay extends Pick<OutcomeSums, 'rows' | 'labelled' | 'scoreSum' | 'labelSum' | 'lossSum'> {
  readonly day: Instant
}

/** What a version was when it was made: what its windows are held against. */
export interface VersionReference {
  readonly version: number
  readonly task: Task
  /** Raw inputs and the score, over bins frozen for this version. */
  readonly profile: Profile
  /** Columns of the profile that are raw inputs; calendar columns left out. */
  readonly inputs: readonly string[]
  /** Column of the profile that is the score. */
  readonly score: string
  /** Held-out mean loss, as serving defines loss (log loss in nats, squared error); null where it was never measured. */
  readonly loss: Measured | null
  /** Held-out outcomes day by day: how much the loss varies when nothing is wrong. Empty where not kept. */
  readonly days: readonly ReferenceDay[]
}

/** Reads the reference of a version; null for a version that has none (then its monitors are unknown). */
export type ReadReference = (
  q: Queryable,
  version: { readonly project: string; readonly model: string; readonly version: number },
) => Promise<VersionReference | null>

/** Recorded traffic, as serving reads it. */
export interface ServedRecords {
  readonly readProfiles: (q: Queryable, query: ServedSpan) => Promise<readonly ServedProfileRow[]>
  readonly readOutcomes: (q: Queryable, query: ServedSpan) => Promise<readonly ServedOutcomeRow[]>
  readonly readPairedLosses: (
    q: Queryable,
    query: ServedSpan & { readonly champion: number; readonly challenger: number },
  ) => Promise<readonly PairedDay[]>
}

export interface ServedSpan {
  readonly project: string
  readonly model: string
  readonly span: Span
  readonly version?: number | undefined
}

export interface ServedProfileRow {
  readonly version: number
  readonly role: 'champion' | 'challenger' | 'shadow'
  readonly bucket: Instant
  readonly profile: Profile
}

export interface ServedOutcomeRow extends OutcomeSums {
  readonly version: number
  readonly role: 'champion' | 'challenger' | 'shadow'
  readonly bucket: Instant
  readonly deciles: readonly OutcomeSums[]
}

/** Losses of both versions on the same requests of one UTC day. */
export interface PairedDay {
  readonly day: Instant
  readonly champion: Float64Array
  readonly challenger: Float64Array
}
