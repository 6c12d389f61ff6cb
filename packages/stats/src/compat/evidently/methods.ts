import type { Values } from './column.ts'
import { type DriftResult, runTest, type TestOptions } from './run.ts'

/**
 * Evidently's `ks`: SciPy's two-sample Kolmogorov-Smirnov p-value, the default for numbers where the reference has up to
 * 1,000 rows. Sound for one look at one column; at 5 % a column, 50 columns alarm in 92 % of the weeks, and with a
 * million rows a shift of 0.005 standard deviations is an alarm. Use `kolmogorovSmirnov` and an effect size.
 * @example evidently.ks([1, 2, 3, 4], [3, 4, 5, 6]).score // 0.7714
 */
export function ks(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('ks', reference, current, options)
}

/**
 * Evidently's `chisquare`, the default for categories where the reference has up to 1,000 rows. Wrong: it is the
 * one-sample test, which takes the noise of the reference for drift. With nothing changed, 1,000 rows against 1,000 and 5
 * categories alarm 33 % of the time instead of 5 %; against 5,000 current rows, 81 %. A category not seen in the reference
 * gives p = 0 from one row; a constant column gives NaN, here unknown. Use `chiSquareContingency`.
 * @example evidently.chisquare(['a', 'b', 'b', 'b'], ['a', 'a', 'b', 'b']).score // 0.2482
 */
export function chisquare(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('chisquare', reference, current, options)
}

/**
 * Evidently's `z`: two proportions, of the rows that are not the smallest value; the default where there are at most two
 * values. With more than two values it lumps all but the smallest together. Its tail is 2 (1 - Φ), which is 0 from |z|
 * of 8.3 on. Use `twoProportionZ`, or `chiSquareContingency` with more than two values.
 * @example evidently.z([true, false, false, false], [true, true, false, true]).score // 0.1573
 */
export function z(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('z', reference, current, options)
}

/**
 * Evidently's `t_test`: Student's t with equal variances, which errs where variances and sizes differ, and sees means
 * only. Two constant columns give NaN, here unknown. Use `mannWhitney`, or `tTest`.
 * @example evidently.tTest([1, 2, 3, 4], [2, 3, 4, 6]).score // 0.2872
 */
export function tTest(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('t_test', reference, current, options)
}

/**
 * Evidently's `anderson`: the two-sample Anderson-Darling test with midranks; SciPy interpolates p between 0.001 and 0.25
 * and gives these limits beyond, so p-values cannot be corrected for many columns.
 * @example evidently.anderson([1, 2, 3, 4, 5, 6], [3, 4, 5, 6, 7, 8]).score // 0.1197
 */
export function anderson(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('anderson', reference, current, options)
}

/**
 * Evidently's `mannw`. Wrong: one-sided, though described as two-tailed. It sees values that grow and never values that
 * shrink (power 1.00 for +0.3 standard deviations, 0.00 for -0.3, at 500 rows). Use `mannWhitney`, which is two-sided.
 * @example evidently.mannw([1, 2, 3, 4], [2.5, 4.5, 5, 6]).score // 0.05714
 * evidently.mannw([2.5, 4.5, 5, 6], [1, 2, 3, 4]).score // 0.9714
 */
export function mannw(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('mannw', reference, current, options)
}

/**
 * Evidently's `es`: Epps and Singleton's test of the empirical characteristic functions. Fewer than 5 rows, or an
 * interquartile range of nought (most counters), raise there and are unknown here. On two or three distinct values the
 * covariance is singular and the peer now and then counts a direction that is rounding: 0.35 where 0.72 is right.
 * @see Epps and Singleton 1986
 * @example evidently.es([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 9]).score // 0.9094
 */
export function es(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('es', reference, current, options)
}

/**
 * Evidently's `cramer_von_mises`. Wrong for samples of up to 20 rows a side: the exact law is counted in half or single
 * precision (5 against 5 rows: 0.87305 where 0.87302 is right), and for some sizes, such as
 * 3 against 3 or 7 against 9, the peer raises under NumPy 2, which is unknown here. Sound above.
 * @example evidently.cramerVonMises([1, 2, 3, 4, 5], [3, 4.5, 6, 7, 8]).score // 0.0873
 */
export function cramerVonMises(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('cramer_von_mises', reference, current, options)
}

/**
 * Evidently's `fisher_exact`: two values and two samples of the same size; anything else raises there and is unknown
 * here. Three values in all, two in each sample, give what the hash of the day gives. Use `chiSquareContingency`.
 * @example evidently.fisherExact([0, 0, 0, 0, 1], [1, 1, 1, 0, 1]).score // 0.2063
 */
export function fisherExact(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('fisher_exact', reference, current, options)
}

/**
 * Evidently's `g_test`. Wrong as `chisquare` is, and it raises unless both samples have the same number of rows (unknown
 * here). Use `chiSquareContingency`. @example evidently.gTest(['a', 'b', 'b'], ['a', 'a', 'b']).score // 0.239
 */
export function gTest(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('g_test', reference, current, options)
}

/**
 * Evidently's `TVD`: permutation p-value of the total variation, 1,000 shuffles with NumPy's seed 0, reproduced to the
 * shuffle. The seed hides the Monte-Carlo error (0.009 at p = 0.1), and p can be 0. Where the total variation of a
 * shuffle equals the one observed, the last bit decides in the peer, by the order of its hashes.
 * Use `totalVariation`, which knows its noise floor, or `chiSquareContingency`.
 * @example evidently.tvd(['a', 'b', 'b', 'b'], ['a', 'a', 'a', 'b']).score // 0.479
 */
export function tvd(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('TVD', reference, current, options)
}

/**
 * Evidently's `empirical_mmd`: 100 unseeded shuffles, so the peer's own p has a standard error of 0.03 at the threshold of
 * 0.1, and can be 0; the kernel's width is the reference's alone; memory and time grow with the square of the rows (more
 * than 4,000 are unknown here). Ours is seeded: equal within that error.
 * @example evidently.empiricalMmd([1, 2, 3, 4], [11, 12, 13, 14]).drifted // true
 */
export function empiricalMmd(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('empirical_mmd', reference, current, options)
}

/**
 * Evidently's `psi`: sum (r - c) ln(r / c). Wrong in it: the bins are cut from both samples pooled, so two windows are
 * not comparable and one outlier hides everything; its `n_bins` is ignored; noughts become a constant, not what the rows
 * warrant; the threshold 0.1 does not know the number of rows (73 % false alarms at 100). Use `psi` of counts over frozen bins.
 * @example evidently.psi([1, 1, 2, 2, 2], [1, 2, 2, 2, 2]).score // 0.1962
 */
export function psi(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('psi', reference, current, options)
}

/**
 * Evidently's `kl_div`: sum r ln(r / c) of the same bins as `psi`, normalised again after the noughts were filled.
 * Use `klDivergence` instead, whose bins are frozen. @example evidently.klDiv([1, 1, 2, 2, 2], [1, 2, 2, 2, 2]).score // 0.1046
 */
export function klDiv(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('kl_div', reference, current, options)
}

/**
 * Evidently's `jensenshannon`: natural logarithm (at most 0.8326; NannyML's base 2 is larger by 1.2011), same bins as `psi`.
 * The threshold 0.1 fires on 99 % of unchanged samples of 100 rows in 20 categories. Use `jensenShannon`, which has a noise floor.
 * @example evidently.jensenshannon([1, 1, 2, 2, 2], [1, 2, 2, 2, 2]).score // 0.1554
 */
export function jensenshannon(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('jensenshannon', reference, current, options)
}

/**
 * Evidently's `hellinger`. Numbers are put into Sturges' bins of the set of distinct values, so that how often a value
 * occurs does not count for the grid. Use `hellinger` of counts over frozen bins instead.
 * @example evidently.hellinger(['a', 'a', 'b'], ['a', 'b', 'b']).score // 0.2391
 */
export function hellinger(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('hellinger', reference, current, options)
}

/**
 * Evidently's `wasserstein`: Wasserstein-1 over the standard deviation of the reference (0.001 at least). The default for
 * references of more than 1,000 rows. The threshold 0.1 fires on 70 % of unchanged windows of 100 rows; a heavy tail
 * inflates the divisor, so that doubling every lognormal value gives 0.37 only.
 * @example evidently.wasserstein([1, 2, 3, 4], [2, 3, 4, 5]).score // 0.8944
 */
export function wasserstein(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('wasserstein', reference, current, options)
}

/**
 * Evidently's `ed`: the energy distance, √2 times the L2 distance of the distribution functions, in the root of the
 * column's unit: the threshold 0.1 means another thing for metres than for millimetres. Scale the column first.
 * @example evidently.ed([1, 2, 3, 4], [2, 3, 4, 5]).score // 0.7071
 */
export function ed(reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  return runTest('ed', reference, current, options)
}
