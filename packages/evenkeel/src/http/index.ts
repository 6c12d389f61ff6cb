export type { ControlPlane } from './control.ts'
export type { ReadinessCheck } from './health.ts'
export { createServer } from './server.ts'
