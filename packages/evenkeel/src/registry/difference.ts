/** One thing in which two versions differ: `metrics.rocAuc`, `parameters.maxDepth`, `inputs.distance.unit`… */
export interface VersionDifference {
  readonly what: string
  readonly reference: string
  readonly current: string
}
