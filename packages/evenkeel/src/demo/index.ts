export { type DemoOptions, runDemo } from './run.ts'
