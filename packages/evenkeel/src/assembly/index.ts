export { type Evenkeel, type OpenOptions, openEvenkeel, type Trouble } from './open.ts'
export type * from './operations.ts'
