export { type Batch, type Column, type InvalidCell, type NumericColumn, type StringColumn, takeRows } from './batch.ts'
export {
  type ColumnType,
  columnsWithRole,
  findColumn,
  isNumeric,
  MAX_CATEGORIES,
  type Role,
  type Schema,
  type SchemaColumn,
} from './schema.ts'
