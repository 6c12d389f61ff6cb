/** What one batch may be at most (law 13). Beyond any of them the batch is refused, not cut. */
export interface IngestLimits {
  /** Bytes as received, and again after decompression. */
  readonly maxBytes: number
  readonly maxRows: number
  readonly maxColumns: number
  /** Characters of one cell. */
  readonly maxCellLength: number
}

/** Sized so that the largest batch that is let in fits in about a gigabyte of memory. */
export const DEFAULT_LIMITS: IngestLimits = {
  maxBytes: 256 * 1024 * 1024,
  maxRows: 5_000_000,
  maxColumns: 1_000,
  maxCellLength: 32_768,
}
