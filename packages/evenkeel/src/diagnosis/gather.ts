import type { Alert, Incident } from '../alerting/index.ts'
import type { Instant } from '../clock.ts'
import type { VersionReference } from '../monitoring/index.ts'
import {
  type Outcomes,
  readOutcomes,
  readOverrideSpans,
  readPairedLosses,
  readProfiles,
  type ServedProfile,
} from '../serving/index.ts'
import { type Queryable, readJournal } from '../storage/index.ts'
import type { CaseFile, ChampionMove, OutcomeCell, OutcomeHour, Rival, TrafficHour } from './case.ts'
import type { DiagnosisOptions, DiagnosisSettings } from './service.ts'

interface Subject {
  readonly project: string
  readonly model: string
  readonly version: number
}

/** Collects what an investigation of an incident may look at; null when the version has no reference to hold it against. */
export async function gatherCase(
  { clock, readReference }: DiagnosisOptions,
  q: Queryable,
  {
    incident,
    alerts,
    version,
  }: { readonly incident: Incident; readonly alerts: readonly Alert[]; readonly version: number },
  settings: DiagnosisSettings,
): Promise<CaseFile | null> {
  const { project, model } = incident
  const subject = { project, model, version }
  const until = clock.now()
  const onset = { from: incident.onset - settings.onsetSlackMs, until: incident.onset + settings.onsetSlackMs }
  const moves = await readMoves(q, subject)
  const before = predecessorOf(moves, version)
  const traffic = await readTraffic({ readReference }, q, subject, before, {
    from: onset.from - settings.lookbackMs,
    onset: incident.onset,
    until,
  })
  if (traffic === null) return null
  const spanOfOutcomes = { from: onset.from - settings.outcomeLookbackMs, until }
  return {
    model,
    version,
    onset,
    until,
    alarms: [...new Set(alerts.map(({ monitor }) => monitor))].sort(),
    ...traffic,
    outcomes: toHours(await readOutcomes(q, { project, model, span: spanOfOutcomes }), version, before),
    moves: moves.filter((move) => move.at >= onset.from && move.at < until),
    rival: before === null ? null : await readRival(q, subject, before, { from: onset.from, until }),
    tainted: await readOverrideSpans(q, { project, model }),
    labelMaturityMs: settings.labelMaturityMs,
  }
}

const MOVES_PER_READ = 500

async function readMoves(q: Queryable, { project, model }: Subject): Promise<ChampionMove[]> {
  const moves: ChampionMove[] = []
  for (let after = 0; ; ) {
    const events = await readJournal(q, {
      project,
      subject: model,
      types: ['alias.moved'],
      after,
      limit: MOVES_PER_READ,
    })
    for (const event of events)
      if (event.type === 'alias.moved' && event.data.model === model && event.data.alias === 'champion') {
        const { from, to, by, remedy } = event.data
        moves.push({ at: event.at, from, to, by, remedy })
      }
    const last = events.at(-1)
    if (last === undefined || events.length < MOVES_PER_READ) return moves
    after = last.id
  }
}

/** The champion that the version last took over from. */
function predecessorOf(moves: readonly ChampionMove[], version: number): number | null {
  return moves.findLast((move) => move.to === version)?.from ?? null
}

interface Reach {
  readonly from: Instant
  readonly onset: Instant
  readonly until: Instant
}

/**
 * Traffic over the bins of one version, from before the onset until now. A version set champion at the onset has no before;
 * the one it took over from goes on in the shadow and has both, so its bins are the yardstick then.
 */
async function readTraffic(
  { readReference }: Pick<DiagnosisOptions, 'readReference'>,
  q: Queryable,
  subject: Subject,
  before: number | null,
  { from, onset, until }: Reach,
): Promise<{ reference: VersionReference; traffic: TrafficHour[] } | null> {
  const span = { from, until }
  const own = await readProfiles(q, { ...subject, span })
  const candidates = [{ version: subject.version, hours: own }]
  if (before !== null && !reachesAcross(own, onset))
    candidates.unshift({ version: before, hours: await readProfiles(q, { ...subject, version: before, span }) })
  for (const { version, hours } of candidates) {
    if (version !== subject.version && !reachesAcross(hours, onset)) continue
    const reference = await readReference(q, { ...subject, version })
    if (reference !== null) return { reference, traffic: hours.map(toTraffic) }
  }
  return null
}

function reachesAcross(hours: readonly ServedProfile[], onset: Instant): boolean {
  return hours.some(({ bucket }) => bucket < onset) && hours.some(({ bucket }) => bucket >= onset)
}

function toTraffic({ bucket, source, profile }: ServedProfile): TrafficHour {
  return { at: bucket, source, profile }
}

/** Hour by hour what came of the version's scores; of its predecessor's answers where it did not score yet. */
function toHours(outcomes: readonly Outcomes[], version: number, before: number | null): OutcomeHour[] {
  const byHour = Map.groupBy(outcomes, ({ bucket }) => bucket)
  return [...byHour].flatMap(([at, cells]) => {
    const own = cells.filter((cell) => cell.version === version)
    const used = own.length > 0 ? own : cells.filter((cell) => cell.version === before && cell.role !== 'shadow')
    const [first] = used
    if (first === undefined) return []
    const deciles = first.deciles.map((_, i) => sumCells(used.map((cell) => cell.deciles[i]!)))
    return [{ at, ...sumCells(used), deciles }]
  })
}

function sumCells(cells: readonly OutcomeCell[]): OutcomeCell {
  const sum = { rows: 0, labelled: 0, scoreSum: 0, labelSum: 0, lossSum: 0 }
  for (const cell of cells) for (const key of Object.keys(sum) as (keyof OutcomeCell)[]) sum[key] += cell[key]
  return sum
}

async function readRival(
  q: Queryable,
  { project, model, version }: Subject,
  before: number,
  span: { readonly from: Instant; readonly until: Instant },
): Promise<Rival | null> {
  const days = await readPairedLosses(q, { project, model, champion: version, challenger: before, span })
  if (days.length === 0) return null
  return {
    version: before,
    days: days.map(({ day, champion, challenger }) => ({ day, own: champion, rival: challenger })),
  }
}
