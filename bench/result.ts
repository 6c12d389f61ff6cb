/** One measured figure. `limit` says in one sentence what keeps it from being better. */
export type BenchResult = {
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly target?: number
  readonly peer?: { readonly name: string; readonly value: number }
  readonly limit: string
}

/** Many figures side by side: a study, or us beside the peers. */
export type BenchTable = {
  readonly title: string
  /** What was done, with which seeds and versions, and how to read it. */
  readonly note: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

export type BenchOutcome = { readonly results: readonly BenchResult[]; readonly tables: readonly BenchTable[] }
