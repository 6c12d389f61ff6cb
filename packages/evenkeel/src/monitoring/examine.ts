import { mergeProfiles, type Profile } from '@evenkeel/stats'
import { DAY_MS } from '../clock.ts'
import type { Span } from '../features/index.ts'
import type { FindingSummary } from '../storage/index.ts'
import { alphaOf } from './budget.ts'
import { type DriftColumns, type DriftOptions, INPUT_WINDOW_FACTOR, judgeDrift, SCORE_WINDOW_FACTOR } from './drift.ts'
import { unknown } from './finding.ts'
import { judgeQuality } from './quality.ts'
import type { ServedProfileRow, VersionReference } from './reference.ts'
import type { MonitorSettings } from './settings.ts'

/** Days of the trailing cycle that must have had traffic before it stands for all weekdays. */
const CYCLE_DAYS = 7

/** One version's data in one window and the week that ends with it. */
interface DataWindow {
  readonly reference: VersionReference
  /** Hourly profiles of the version over the trailing cycle, this window included. */
  readonly profiles: readonly ServedProfileRow[]
  readonly span: Span
  readonly settings: MonitorSettings
}

/** Drift and quality of every input, and drift of the score. */
export function examineData({ reference, profiles, span, settings }: DataWindow): FindingSummary[] {
  const own = profiles.filter((each) => each.bucket >= span.from && each.bucket < span.until)
  const window = mergeAll(own)
  const earlier = earlierDays(profiles, span)
  const cycle = isWholeCycle(profiles) ? mergeAll(profiles) : null
  const from = { reference: reference.profile, window, cycle, earlier }
  const alpha = alphaOf(settings, reference.inputs.length)
  const base = { alpha, minRows: settings.minRows }
  const findings: FindingSummary[] = []
  for (const name of reference.inputs) {
    const columns = columnsOf(from, name)
    const drift = { ...base, monitor: `drift:${name}`, floor: settings.driftFloor, windowFactor: INPUT_WINDOW_FACTOR }
    findings.push(
      whenKnown(columns, drift.monitor, (known) => judgeDrift(known, drift)),
      whenKnown(columns, `quality:${name}`, (known) => judgeQuality(known, { ...base, monitor: `quality:${name}` })),
    )
  }
  const scores = columnsOf(from, reference.score)
  const prediction = {
    ...base,
    monitor: 'prediction',
    floor: settings.predictionFloor,
    windowFactor: SCORE_WINDOW_FACTOR,
  }
  findings.push(whenKnown(scores, 'prediction', (known) => judgeScore(known, prediction)))
  return findings
}

/** Scores of one day may be unlike any week's: before a cycle is complete nobody knows how much. */
function judgeScore(columns: DriftColumns, options: DriftOptions): FindingSummary {
  const rows = columns.window.counts.reduce((sum, count) => sum + count, 0)
  return columns.cycle === null && rows >= options.minRows
    ? unknown(options.monitor, 'cycle-incomplete', rows)
    : judgeDrift(columns, options)
}

interface ProfilesOf {
  readonly reference: Profile
  readonly window: Profile | null
  readonly cycle: Profile | null
  readonly earlier: readonly Profile[]
}

function columnsOf(profiles: ProfilesOf, name: string): DriftColumns | 'not-in-reference' | 'too-few-rows' {
  const reference = profiles.reference.columns[name]
  const window = profiles.window?.columns[name]
  if (reference === undefined) return 'not-in-reference'
  if (window === undefined) return 'too-few-rows'
  const earlier = profiles.earlier.flatMap((profile) => profile.columns[name] ?? [])
  return { reference, window, cycle: profiles.cycle?.columns[name] ?? null, earlier }
}

function whenKnown(
  columns: DriftColumns | string,
  monitor: string,
  judge: (columns: DriftColumns) => FindingSummary,
): FindingSummary {
  return typeof columns === 'string' ? unknown(monitor, columns, 0) : judge(columns)
}

function isWholeCycle(profiles: readonly ServedProfileRow[]): boolean {
  const days = profiles.filter((each) => each.profile.rows > 0).map((each) => Math.floor(each.bucket / DAY_MS))
  return new Set(days).size >= CYCLE_DAYS
}

/** The cycle before the window, by UTC day. */
function earlierDays(profiles: readonly ServedProfileRow[], span: Span): Profile[] {
  const before = profiles.filter((each) => each.bucket < span.from)
  const days = Map.groupBy(before, (each) => Math.floor(each.bucket / DAY_MS))
  return [...days.values()].flatMap((day) => mergeAll(day) ?? [])
}

function mergeAll(profiles: readonly ServedProfileRow[]): Profile | null {
  const [first, ...rest] = profiles
  return first === undefined ? null : rest.reduce((sum, each) => mergeProfiles(sum, each.profile), first.profile)
}
