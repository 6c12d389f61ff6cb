export { type BlobId, type BlobStore, createDirectoryBlobs, hashBytes } from './blobs.ts'
export { type Database, openDatabase, type Queryable, type Transaction } from './database.ts'
export type { AnyEvent, Event, EventType, NewEvent } from './event.ts'
export { causedBy, EXTERNAL_TYPES, isEvent } from './event.ts'
export type * from './events.ts'
export {
  FORGETTABLE_TYPES,
  type ForgetQuery,
  type Forgotten,
  forgetEvents,
  noteForgotten,
  readForgotten,
} from './forget.ts'
export { type Job, type JobHandler, type JobRequest, type Jobs, openJobs } from './jobs.ts'
export {
  createJournal,
  type Journal,
  moveCursor,
  type Projection,
  readCauses,
  readCursor,
  readEffects,
  readJournal,
  readLatest,
  readMatching,
} from './journal.ts'
export { createLake, type Lake, type LakeRead, type ValueCount } from './lake.ts'
export type { LakeColumn, LakeTable, LakeType } from './lake-table.ts'
export { maintain } from './maintain.ts'
export { migrate, shippedMigrations } from './migrate.ts'
export { replay } from './replay.ts'
export type { Step } from './step.ts'
