import { StatsError } from '../../error.ts'
import { checkOption } from './values.ts'

export type EddmOptions = {
  /** Values and errors before the first verdict. Default 30. */
  readonly warmStart?: number
  /** Shares of the largest distance seen below which there is a warning, and a drift. Defaults 0.95 and 0.9. */
  readonly alpha?: number
  readonly beta?: number
}

export type Eddm = {
  readonly method: 'EDDM'
  readonly warmStart: number
  readonly alpha: number
  readonly beta: number
  driftDetected: boolean
  warningDetected: boolean
  n: number
  lastError: number
  errors: number
  /** Of the distances between errors. */
  mean: number
  squares: number
  /** Of mean + 2 standard deviations; -1 before there is one. */
  largest: number
}

/**
 * river's `drift.binary.EDDM`: the distances between errors (values equal to 1; everything else is no error) shrink against
 * the largest mean + 2 standard deviations since the reset. O(1).
 * Weak: mean and deviation are over all errors since the reset, so a change is seen the later the older the stream; the
 * shares 0.95 and 0.9 have no false-alarm rate (1.2 in 10,000 values at an error rate of 0.05); it never sees errors become
 * rarer. Use `createLossChangeDetector`.
 * @see Baena-García and others 2006; river 0.26.1
 * @throws StatsError STATS_BAD_OPTION, also where alpha is below beta
 * @example river.createEddm().beta // 0.9
 */
export function createEddm(options: EddmOptions = {}): Eddm {
  const { warmStart = 30, alpha = 0.95, beta = 0.9 } = options
  checkOption('EDDM', 'warmStart', warmStart, { least: 0, whole: true })
  checkOption('EDDM', 'alpha', alpha, { least: 0 })
  checkOption('EDDM', 'beta', beta, { least: 0 })
  if (alpha < beta)
    throw new StatsError('STATS_BAD_OPTION', `alpha of EDDM is ${alpha}, expected beta (${beta}) or more`, {
      alpha,
      beta,
    })
  return { method: 'EDDM', warmStart, alpha, beta, ...fresh() }
}

export function stepEddm(state: Eddm, value: number): void {
  if (state.driftDetected) Object.assign(state, fresh())
  state.n++
  if (value !== 1) return
  state.errors++
  const distance = state.n - state.lastError
  state.lastError = state.n
  const before = state.mean
  state.mean += (1 / state.errors) * (distance - before)
  state.squares += (distance - before) * (distance - state.mean)
  if (state.n > state.warmStart) judge(state)
}

function judge(state: Eddm): void {
  const variance = state.errors > 1 ? state.squares / (state.errors - 1) : 0
  const reach = state.mean + 2 * Math.sqrt(variance)
  if (reach > state.largest) state.largest = reach
  else if (state.errors > state.warmStart) {
    const level = reach / state.largest
    // A warning stays beside a drift, as in river: only an error that is no drift takes it back.
    if (level < state.beta) state.driftDetected = true
    else state.warningDetected = level < state.alpha
  }
}

function fresh() {
  return {
    driftDetected: false,
    warningDetected: false,
    n: 0,
    lastError: 0,
    errors: 0,
    mean: 0,
    squares: 0,
    largest: -1,
  }
}
