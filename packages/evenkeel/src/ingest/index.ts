export { type Batch, type Column, type InvalidCell, type NumericColumn, type StringColumn, takeRows } from './batch.ts'
export { concatBatches } from './concat.ts'
export { conformBatch } from './conform.ts'
export { type DecodeOptions, decodeBatch } from './decode.ts'
export { type Format, formatOf } from './format.ts'
export { inferSchema } from './infer.ts'
export { createIngest, type IngestDependencies } from './ingest.ts'
export { DEFAULT_LIMITS, type IngestLimits } from './limits.ts'
export { type ScanOptions, scanFile } from './scan.ts'
export {
  type ColumnType,
  columnsWithRole,
  findColumn,
  isNumeric,
  MAX_CATEGORIES,
  type Role,
  type Schema,
  type SchemaColumn,
  type SchemaHints,
  type TimeFormat,
} from './schema.ts'
export type {
  AcceptedQuery,
  AcceptedRows,
  BatchQuery,
  BatchRecord,
  BatchState,
  DeclareRequest,
  Ingest,
  Receipt,
  ReceiveRequest,
  ReviseRequest,
  SchemaRevision,
  Source,
} from './source.ts'
export { findBatch, findSource } from './tables.ts'
