import type { Clock } from '../clock.ts'
import { DAY_MS } from '../clock.ts'
import { readFindings, readMonitor, type ServedRecords } from '../monitoring/index.ts'
import { type RoutingState, readPairedLosses } from '../serving/index.ts'
import type { AnyEvent, Event, NewEvent, Projection, Queryable, Step, Transaction } from '../storage/index.ts'
import { causedBy, isEvent, readMatching } from '../storage/index.ts'
import { advance } from './advance.ts'
import { judgeProbation, judgeTrial, type RolloutJudgement } from './judge.ts'
import { DEFAULT_ROLLOUT_POLICY, type RolloutPolicy } from './policy.ts'
import type { Rollout } from './rollout.ts'
import { startRollout } from './start.ts'
import { type ModelKey, readRunningRollout, readRunningRollouts, rolloutsProjection, wasChampion } from './tables.ts'

interface AliasName extends ModelKey {
  readonly alias: string
}

/** What a rollout needs of the registry. A move is compare-and-swap: null when the alias does not stand as expected. */
export interface AliasAccess {
  readonly readAlias: (q: Queryable, alias: AliasName) => Promise<number | null>
  readonly moveAlias: (
    tx: Transaction,
    move: AliasName & {
      readonly expected: number | null
      readonly to: number | null
      readonly by: string
      readonly reason: string
      readonly remedy: string | null
    },
  ) => Promise<NewEvent | null>
}

type PairedReader = Pick<ServedRecords, 'readPairedLosses'>

export interface RolloutOptions {
  readonly clock: Clock
  /** Recorded traffic; serving's own reader unless another is given. */
  readonly records?: PairedReader
  readonly aliases: AliasAccess
  readonly policyOf?: (project: string, model: string) => Partial<RolloutPolicy>
}

/** Versions are tried on real traffic: `rollout.start`, `rollout.judge`. */
export interface RolloutService {
  readonly steps: readonly Step[]
  readonly projections: readonly Projection[]
  /** Which versions take requests, from the champion alias and the rollout in progress; null without a champion. */
  readRouting(q: Queryable, project: string, model: string): Promise<RoutingState | null>
}

/** Rollouts judged at one tick at most; a project has one for each model (law 13). */
const MAX_ROLLOUTS = 1_000
/** Windows of findings a guardrail looks at. */
const MAX_WINDOWS = 50

type Judge = (tx: Transaction, rollout: Rollout) => Promise<NewEvent[]>

export function createRollout(options: RolloutOptions): RolloutService {
  const policyOf = ({ project, model }: ModelKey) => ({
    ...DEFAULT_ROLLOUT_POLICY,
    ...options.policyOf?.(project, model),
  })
  const judge: Judge = async (tx, rollout) => {
    const policy = policyOf(rollout)
    const facts = { rollout, policy, now: options.clock.now() }
    const judgement =
      rollout.kind === 'trial'
        ? await tryOut(tx, facts, options.records ?? { readPairedLosses })
        : judgeProbation({ ...facts, objecting: await isObjecting(tx, rollout) })
    return advance(tx, rollout, judgement, { aliases: options.aliases, policy })
  }
  return {
    projections: [rolloutsProjection],
    readRouting: (q, project, model) => readRouting(q, { project, model }, options.aliases),
    steps: [
      {
        name: 'rollout.start',
        on: ['alias.moved'],
        async run(tx, event) {
          if (!isEvent(event, 'alias.moved')) return []
          return start(tx, event, { aliases: options.aliases, policyOf })
        },
      },
      {
        name: 'rollout.judge',
        on: ['findings.recorded', 'clock.ticked'],
        run: (tx, event) =>
          judgeRunning(tx, event, {
            judge,
            isOver: (rollout) => isOver(rollout, policyOf(rollout), options.clock.now()),
          }),
      },
    ],
  }
}

async function start(
  tx: Transaction,
  event: Event<'alias.moved'>,
  { aliases, policyOf }: { aliases: AliasAccess; policyOf: (key: ModelKey) => RolloutPolicy },
): Promise<NewEvent[]> {
  const key = { project: event.project, model: event.data.model }
  const { to } = event.data
  return startRollout({
    event,
    running: await readRunningRollout(tx, key),
    champion: await aliases.readAlias(tx, { ...key, alias: 'champion' }),
    served: to !== null && (await wasChampion(tx, { ...key, version: to }, event.id)),
    policy: policyOf(key),
  })
}

/** What is known of a rollout comes with findings; a tick only ends the one whose time is over. */
async function judgeRunning(
  tx: Transaction,
  event: AnyEvent,
  { judge, isOver }: { readonly judge: Judge; readonly isOver: (rollout: Rollout) => boolean },
): Promise<NewEvent[]> {
  if (isEvent(event, 'findings.recorded')) {
    if (!isNews(event)) return []
    const rollout = await readRunningRollout(tx, { project: event.project, model: event.data.model })
    return rollout === null ? [] : judge(tx, rollout)
  }
  const events: NewEvent[] = []
  for (const rollout of (await readRunningRollouts(tx, event.project, MAX_ROLLOUTS)).filter(isOver))
    events.push(...causedBy(await readBeginning(tx, rollout), await judge(tx, rollout)))
  return events
}

/** The event that started a rollout: the end of its time is a consequence of that, not of the hour that struck. */
async function readBeginning(q: Queryable, { project, id }: Rollout): Promise<number | null> {
  const query = { project, patterns: [{ rollout: id }], types: ['rollout.started'], limit: 1 } as const
  return (await readMatching(q, query))[0]?.id ?? null
}

/** A window has findings of several versions: new labels are told by the champion's, a breach by another's data. */
function isNews({ data: { kind, role } }: Event<'findings.recorded'>): boolean {
  return (kind === 'labels') === (role === 'champion')
}

function isOver({ kind, startedAt }: Rollout, policy: RolloutPolicy, now: number): boolean {
  return now - startedAt >= (kind === 'trial' ? policy.timeLimitMs : policy.probationMs)
}

async function tryOut(
  tx: Transaction,
  facts: { readonly rollout: Rollout; readonly policy: RolloutPolicy; readonly now: number },
  records: PairedReader,
): Promise<RolloutJudgement> {
  const { rollout, policy, now } = facts
  const { project, model, challenger, champion } = rollout
  const matured = Math.floor((now - policy.labelMaturityMs) / DAY_MS) * DAY_MS
  const span = { from: rollout.startedAt, until: matured }
  const pairs =
    span.until > span.from ? await records.readPairedLosses(tx, { project, model, span, champion, challenger }) : []
  const read = (version: number) => readFindings(tx, { project, model, version, kind: 'data', limit: MAX_WINDOWS })
  const inStage = (await read(challenger)).filter((each) => each.from >= rollout.stageAt)
  return judgeTrial({ ...facts, pairs, challenger: inStage, champion: await read(champion) })
}

/** Whether the latest known word of the version before is that the new one is bad. */
async function isObjecting(tx: Transaction, { project, model, champion, startedAt }: Rollout): Promise<boolean> {
  for (const monitor of ['version:loss', 'version:score']) {
    const points = await readMonitor(tx, { project, model, monitor, limit: 10 })
    const known = points.find(
      (point) => point.version === champion && point.until > startedAt && point.finding.verdict !== 'unknown',
    )
    if (known !== undefined) return known.finding.verdict === 'shifted'
  }
  return false
}

async function readRouting(q: Queryable, key: ModelKey, aliases: AliasAccess): Promise<RoutingState | null> {
  const champion = await aliases.readAlias(q, { ...key, alias: 'champion' })
  if (champion === null) return null
  const rollout = await readRunningRollout(q, key)
  if (rollout === null || rollout.champion !== champion) return { champion, challenger: null, stage: null, share: 0 }
  return { champion, challenger: rollout.challenger, stage: rollout.stage, share: rollout.share }
}
