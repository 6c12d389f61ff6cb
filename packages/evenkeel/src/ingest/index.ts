export type { Batch, Column } from './batch.ts'
export { concatBatches } from './concat.ts'
export { conformBatch } from './conform.ts'
export { decodeBatch } from './decode.ts'
export { type Format, formatOf } from './format.ts'
export { inferSchema } from './infer.ts'
export { createIngest } from './ingest.ts'
export { batchOfTable, readLakeBatch } from './lake-batch.ts'
export { DEFAULT_LIMITS, type IngestLimits } from './limits.ts'
export { scanFile } from './scan.ts'
export {
  type ColumnType,
  columnsWithRole,
  findColumn,
  isNumeric,
  type Role,
  type Schema,
  type SchemaColumn,
  type SchemaHints,
} from './schema.ts'
export type {
  BatchRecord,
  Ingest,
  Receipt,
} from './source.ts'
export { findBatch, findSource } from './tables.ts'
