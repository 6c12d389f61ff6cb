import type { EventType } from '../storage/index.ts'

/** One line of the flow: what wakes a step, and all it may say in answer. */
export interface FlowLine {
  readonly step: string
  readonly on: readonly EventType[]
  readonly emits: readonly EventType[]
}

/**
 * The control plane, whole. Facts flow down this page; calls only go up it. The runner holds every step to its line:
 * a step that wakes on something else, or says something else, does not start.
 */
export const FLOW = [
  // data comes in, is judged, becomes features
  { on: ['batch.arrived'], step: 'quality.judge', emits: ['batch.accepted', 'batch.quarantined'] },
  { on: ['batch.accepted', 'batch.released'], step: 'features.materialise', emits: ['features.updated'] },

  // the truth about predictions arrives
  { on: ['labels.arrived', 'predictions.logged'], step: 'serving.join', emits: ['labels.joined'] },

  // windows close, and are held against their reference
  { on: ['predictions.logged', 'labels.joined', 'clock.ticked'], step: 'monitoring.profile', emits: ['window.closed'] },
  { on: ['window.closed'], step: 'monitoring.examine', emits: ['findings.recorded'] },

  // versions are tried on real traffic
  { on: ['alias.moved'], step: 'rollout.start', emits: ['rollout.started', 'rollout.reverted'] },
  {
    on: ['findings.recorded', 'clock.ticked'],
    step: 'rollout.judge',
    emits: ['rollout.advanced', 'rollout.finished', 'rollout.reverted', 'alias.moved', 'version.kept'],
  },

  // what is wrong becomes an alert, what belongs together an incident
  {
    on: ['findings.recorded'],
    step: 'alerting.evaluate',
    emits: [
      'alert.pending',
      'alert.fired',
      'alert.resolved',
      'alert.cleared',
      'incident.opened',
      'incident.joined',
      'incident.closed',
    ],
  },

  // why
  { on: ['alert.fired', 'incident.joined'], step: 'diagnosis.investigate', emits: ['diagnosis.concluded'] },

  // what to do about it, whether it may be done, and whether it helped
  {
    on: ['diagnosis.concluded'],
    step: 'remediation.propose',
    emits: ['plan.approved', 'plan.awaiting', 'plan.refused'],
  },
  {
    on: ['plan.approved', 'plan.decided'],
    step: 'remediation.carryOut',
    emits: [
      'remedy.started',
      'feature.quarantined',
      'feature.repaired',
      'alias.moved',
      'run.requested',
      'plan.refused',
    ],
  },
  { on: ['clock.ticked'], step: 'remediation.refresh', emits: ['run.requested'] },
  { on: ['run.requested'], step: 'training.train', emits: [] },
  { on: ['run.finished'], step: 'registry.admit', emits: ['version.registered', 'alias.moved', 'version.kept'] },
  {
    on: [
      'alert.resolved',
      'findings.recorded',
      'rollout.finished',
      'rollout.reverted',
      'version.kept',
      'run.failed',
      'clock.ticked',
    ],
    step: 'remediation.review',
    emits: [
      'remedy.succeeded',
      'remedy.overdue',
      'remedy.reverted',
      'feature.released',
      'alias.moved',
      'plan.approved',
      'plan.awaiting',
      'plan.refused',
    ],
  },

  // people are told; what they are told of leaves as a delivery, after the step
  {
    on: [
      'incident.opened',
      'incident.joined',
      'incident.closed',
      'diagnosis.concluded',
      'plan.awaiting',
      'plan.refused',
      'plan.decided',
      'remedy.started',
      'remedy.overdue',
      'remedy.reverted',
    ],
    step: 'notification.tell',
    emits: [],
  },
] as const satisfies readonly FlowLine[]
