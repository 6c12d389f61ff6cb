export { type BlobId, type BlobStore, createDirectoryBlobs, hashBytes } from './blobs.ts'
export { type Database, type DatabaseOptions, openDatabase, type Queryable, type Transaction } from './database.ts'
export type * from './events.ts'
export { isEvent } from './events.ts'
export { type Job, type JobHandler, type JobRequest, type Jobs, openJobs } from './jobs.ts'
export {
  createJournal,
  type Journal,
  type JournalQuery,
  moveCursor,
  type Projection,
  readCauses,
  readCursor,
  readEffects,
  readJournal,
  readLatest,
  readMatching,
} from './journal.ts'
export { createLake, type Lake, type LakeOptions, type LakeRead } from './lake.ts'
export type { LakeColumn, LakeTable, LakeType } from './lake-table.ts'
export { maintain } from './maintain.ts'
export { type Migration, migrate, shippedMigrations } from './migrate.ts'
export { type ReplayReport, replay } from './replay.ts'
