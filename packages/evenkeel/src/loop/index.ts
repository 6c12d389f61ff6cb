export { FLOW, type FlowLine } from './flow.ts'
export { createRunner, type Runner, type RunnerOptions, type StepFailure } from './runner.ts'
export type { Step } from './step.ts'
export { readStuck, type StuckEvent } from './tables.ts'
