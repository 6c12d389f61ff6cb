import type { Instant } from '../clock.ts'

/**
 * Every kind of event and what it says: one line of life each, in the order of `loop/flow.ts`.
 * Payloads are plain JSON, small (bounded lists, ids instead of rows), and never change shape once released.
 * The control plane's tables are folds of these (law 2), so an event carries all that its table row needs.
 */
export interface EventData {
  // storage
  'project.created': Record<string, never>
  'clock.ticked': Record<string, never>
  // findings up to this event are kept no longer: an event, so that a replay drops them too
  'findings.forgotten': { upTo: number; rows: number }

  // ingest, quality
  'batch.arrived': { batch: string; source: string; rows: number }
  'batch.accepted': {
    batch: string
    source: string
    rows: number
    from: Instant | null
    until: Instant | null
    warnings: readonly string[]
  }
  'batch.quarantined': { batch: string; source: string; rows: number; failed: readonly string[]; reason: string }
  'batch.released': {
    batch: string
    source: string
    rows: number
    from: Instant | null
    until: Instant | null
    by: string
    reason: string
  }

  // features
  'features.updated': { view: string; batch: string; rows: number }

  // serving: one event per flushed batch, never one per row
  'predictions.logged': {
    model: string
    rows: number
    from: Instant
    until: Instant
    versions: Readonly<Record<string, number>>
  }
  'labels.arrived': { model: string; rows: number }
  'labels.joined': { model: string; rows: number; corrected: number; from: Instant; until: Instant }

  // monitoring
  // a window is judged twice: its data when late rows have come, its labels when they have matured
  'window.closed': {
    model: string
    window: string
    kind: 'data' | 'labels'
    from: Instant
    until: Instant
    rows: number
  }
  'findings.recorded': {
    model: string
    version: number
    // what the version was in the window: alerts follow the champion, rollouts the others
    role: 'champion' | 'challenger' | 'shadow'
    window: string
    kind: 'data' | 'labels'
    from: Instant
    until: Instant
    findings: readonly FindingSummary[]
  }

  // training, registry
  'run.requested': {
    model: string
    run: string
    reason: string
    from: Instant | null
    until: Instant | null
    parent: number | null
    remedy: string | null
  }
  'run.finished': { model: string; run: string; artifact: string; remedy: string | null }
  'run.failed': { model: string; run: string; error: string; remedy: string | null }
  'version.registered': { model: string; version: number; run: string | null; by: string; remedy: string | null }
  'version.kept': { model: string; version: number; champion: number; reason: string; remedy: string | null }
  'alias.moved': {
    model: string
    alias: string
    from: number | null
    to: number | null
    by: string
    reason: string
    remedy: string | null
  }

  // rollout: a trial of a challenger, or the probation of a champion set by hand beside the one before it
  'rollout.started': {
    model: string
    rollout: string
    kind: 'trial' | 'probation'
    challenger: number
    champion: number
    stage: RolloutStage
    share: number
    remedy: string | null
  }
  'rollout.advanced': {
    model: string
    rollout: string
    from: RolloutStage
    to: RolloutStage
    share: number
    evidence: Evidence
  }
  'rollout.finished': { model: string; rollout: string; challenger: number; evidence: Evidence; remedy: string | null }
  'rollout.reverted': {
    model: string
    rollout: string
    challenger: number
    reason: string
    evidence: Evidence
    remedy: string | null
  }

  // alerting
  'alert.pending': AlertChange
  'alert.fired': AlertChange
  'alert.resolved': AlertChange
  'alert.cleared': AlertChange
  'incident.opened': { model: string; incident: string; title: string; alerts: readonly string[]; onset: Instant }
  'incident.joined': { model: string; incident: string; alert: string }
  'incident.closed': { model: string; incident: string; outcome: string }

  // diagnosis
  'diagnosis.concluded': {
    model: string
    diagnosis: string
    incident: string
    version: number
    causes: readonly CauseSummary[]
    verdict: DiagnosisVerdict
  }

  // remediation
  'plan.approved': PlanData
  'plan.awaiting': PlanData
  'plan.refused': PlanData & { why: string }
  'plan.decided': { model: string; plan: string; decision: 'approved' | 'rejected'; by: string; reason: string }
  'remedy.started': { model: string; remedy: string; plan: string; action: string; reviewBy: Instant }
  'remedy.succeeded': { model: string; remedy: string; evidence: Evidence }
  'remedy.overdue': { model: string; remedy: string }
  'remedy.reverted': { model: string; remedy: string; reason: string; evidence: Evidence }
  // `from`/`until`: event times between which the source's rows are tainted and never train (law 11)
  'feature.quarantined': {
    model: string
    source: string
    feature: string
    from: Instant
    remedy: string | null
    by: string
    reason: string
  }
  'feature.repaired': {
    model: string
    source: string
    feature: string
    repair: FeatureRepair
    from: Instant
    remedy: string | null
    by: string
    reason: string
  }
  'feature.released': {
    model: string
    source: string
    feature: string
    until: Instant
    remedy: string | null
    by: string
    reason: string
  }
  // people: what a channel took, and what it was not to be had for
  'notification.delivered': { model: string; incident: string; notification: string; channel: string; news: string }
  'notification.failed': {
    model: string
    incident: string
    notification: string
    channel: string
    news: string
    error: string
  }
  'switch.thrown': { automation: 'on' | 'off'; by: string; reason: string }
}

/** Undoes a known fault at the door: `received / factor`, or `received` looked up in `mapping`. */
export type FeatureRepair =
  | { readonly kind: 'scale'; readonly factor: number }
  | { readonly kind: 'map'; readonly mapping: Readonly<Record<string, string>> }

/** Numbers and words behind a decision, small enough to read. */
export type Evidence = Readonly<Record<string, string | number | boolean | null>>

export type RolloutStage = 'shadow' | 'canary' | 'full'

export type FindingVerdict = 'steady' | 'shifted' | 'unknown'

export interface FindingSummary {
  /**
   * Which monitor spoke: `drift:<column>`, `quality:<column>`, `prediction`, `volume`, `performance`, `calibration`,
   * `prior`, `version:score`, `version:loss` (against the champion before, on the same rows).
   */
  readonly monitor: string
  readonly verdict: FindingVerdict
  /** Why it is unknown, or what shifted, in words. */
  readonly reason: string
  /** The statistic and what it was held against; null when unknown. */
  readonly statistic: string
  readonly value: number | null
  readonly threshold: number | null
  readonly rows: number
}

export interface AlertChange {
  readonly model: string
  readonly alert: string
  readonly monitor: string
  readonly version: number
  readonly window: string
  readonly from: Instant
  readonly until: Instant
  readonly reason: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly incident: string | null
}

export type DiagnosisVerdict = 'cause-found' | 'nothing-wrong' | 'not-enough-data'

export type CauseType =
  | 'missing-burst'
  | 'unit-change'
  | 'category-renamed'
  | 'new-category'
  | 'stuck-value'
  | 'population-shift'
  | 'concept-change'
  | 'immature-labels'
  | 'bad-version'
  | 'volume-change'

export interface CauseSummary {
  readonly type: CauseType
  readonly features: readonly string[]
  /** Share of belief among the causes considered, 0 to 1. */
  readonly probability: number
  readonly onset: Instant
  readonly words: string
  readonly evidence: Evidence
  /** What undoes it, where the cause says so: a factor, a mapping. */
  readonly parameters: Readonly<Record<string, unknown>>
}

export type ActionType = 'quarantine' | 'repair' | 'rollback' | 'retrain' | 'hold' | 'notify'

export interface PlanData {
  readonly model: string
  readonly plan: string
  readonly incident: string
  readonly diagnosis: string
  readonly action: ActionType
  /** What the action needs: feature, source, factor, version, window… */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Whether the policy asks a person before it is done. */
  readonly approval: 'automatic' | 'person'
  /** What would change, in words: the dry run. */
  readonly words: string
}
