export { createDriver, type Driver } from './driver.ts'
export { FLOW, type FlowLine } from './flow.ts'
export { createRunner, type StepFailure } from './runner.ts'
export { readStuck } from './tables.ts'
