/** One measured figure. `limit` says in one sentence what keeps it from being better. */
export type BenchResult = {
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly target?: number
  readonly peer?: { readonly name: string; readonly value: number }
  readonly limit: string
}
