export type { Alias, Lineage, Measured, ModelVersion, Task } from './version.ts'
