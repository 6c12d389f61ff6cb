/** Every bound of the data plane (law 13). */
export interface ServingLimits {
  /** Rows of one request at most. */
  readonly maxRowsPerRequest: number
  /** Labels of one request at most. */
  readonly maxLabelsPerRequest: number
  /** Rows waiting for a predictor at most; more are refused with 429. */
  readonly maxQueuedRows: number
  /** Bytes acknowledged but not yet recorded at most; more are refused with 429. */
  readonly maxBacklogBytes: number
  /** Share of the backlog above which the other arm is no longer scored, so that shadow never costs an answer. */
  readonly shadowBacklogShare: number
  /** A spool segment is closed at this size and deleted when all of it is recorded. */
  readonly segmentBytes: number
  /** Rows recorded in one transaction, about. */
  readonly rowsPerRecording: number
  /** Loaded versions kept at most, the longest unused one goes first. */
  readonly maxLoadedVersions: number
  /** Labels that wait for their prediction, per model; the oldest beyond it are dropped and counted. */
  readonly maxWaitingLabels: number
  /** How often another process's routing and overrides are looked for. */
  readonly pollMs: number
  /** Waits for the disk before an answer; without it an answer survives a killed process, not a power cut. */
  readonly fsync: boolean
}

export const SERVING_LIMITS: ServingLimits = {
  maxRowsPerRequest: 10_000,
  maxLabelsPerRequest: 200_000,
  maxQueuedRows: 20_000,
  maxBacklogBytes: 256 * 1024 * 1024,
  shadowBacklogShare: 0.5,
  segmentBytes: 16 * 1024 * 1024,
  rowsPerRecording: 4_000,
  maxLoadedVersions: 8,
  maxWaitingLabels: 1_000_000,
  pollMs: 250,
  fsync: false,
}
