export { type Clock, createVirtualClock, type Instant, systemClock, type VirtualClock } from './clock.ts'
export { type Config, type ConfigInput, defineConfig } from './config/index.ts'
export { type ErrorDetails, EvenkeelError, isEvenkeelError } from './error.ts'
export type * from './features/index.ts'
