import { StatsError } from '../error.ts'

/** A learner of one row at a time: for a stream of losses like those of a model, not for production. */
export type NaiveBayes = {
  /** Categories of each feature, 0 for a numeric one. */
  readonly categories: readonly number[]
  readonly classes: number
  /** Share of what was learned that is kept with every row. */
  readonly kept: number
  /** Rows of each class. */
  readonly rows: number[]
  /** By class and feature: counts of the categories, or weight, mean and sum of squared deviations. */
  readonly seen: number[][][]
}

export type NaiveBayesOptions = {
  readonly categories: readonly number[]
  readonly classes: number
  /** Rows after which one counts half. Default: it never forgets. */
  readonly halfLife?: number
}

/**
 * Naive Bayes: normal densities of numeric features, shares of categories with a pseudo-row each.
 * @throws StatsError STATS_BAD_OPTION
 * @example createNaiveBayes({ categories: [0, 3], classes: 2 }).rows // [0, 0]
 */
export function createNaiveBayes({ categories, classes, halfLife = Infinity }: NaiveBayesOptions): NaiveBayes {
  const right = categories.every((k) => Number.isInteger(k) && k >= 0) && Number.isInteger(classes) && classes > 1
  if (!(right && halfLife > 0))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `naive Bayes needs whole categories, 2 classes or more and halfLife above 0, found ${classes} and ${halfLife}`,
      { classes, halfLife },
    )
  const empty = (k: number) => new Array<number>(k === 0 ? 3 : k).fill(0)
  return {
    categories,
    classes,
    kept: 2 ** (-1 / halfLife),
    rows: new Array<number>(classes).fill(0),
    seen: Array.from({ length: classes }, () => categories.map(empty)),
  }
}

/**
 * The class that fits best, the first of equals; class 0 before anything was learned.
 * @example predictNaiveBayes(createNaiveBayes({ categories: [0], classes: 2 }), [1]) // 0
 */
export function predictNaiveBayes(model: NaiveBayes, features: ArrayLike<number>): number {
  let [best, highest] = [0, -Infinity]
  for (let c = 0; c < model.classes; c++) {
    if (model.rows[c] === 0) continue
    let fit = Math.log(model.rows[c]!)
    for (let j = 0; j < model.categories.length; j++) fit += logShare(model, c, j, features[j]!)
    if (fit > highest) [best, highest] = [c, fit]
  }
  return best
}

/**
 * Learns one row, in place.
 * @throws StatsError STATS_OUT_OF_RANGE for a label or category that there is not, or a feature that is no finite number
 * @example
 * const model = createNaiveBayes({ categories: [0], classes: 2 })
 * learnNaiveBayes(model, [5], 1)
 * predictNaiveBayes(model, [5]) // 1
 */
export function learnNaiveBayes(model: NaiveBayes, features: ArrayLike<number>, label: number): void {
  check(model, features, label)
  if (model.kept < 1) forget(model)
  model.rows[label]!++
  for (let j = 0; j < model.categories.length; j++) {
    const seen = model.seen[label]![j]!
    const x = features[j]!
    if (model.categories[j]! > 0) seen[x]!++
    else {
      seen[0]!++
      const deviation = x - seen[1]!
      seen[1]! += deviation / seen[0]!
      seen[2]! += deviation * (x - seen[1]!)
    }
  }
}

function logShare(model: NaiveBayes, c: number, j: number, x: number): number {
  const seen = model.seen[c]![j]!
  const k = model.categories[j]!
  if (k > 0) return Math.log(((seen[x] ?? 0) + 1) / (model.rows[c]! + k))
  const variance = seen[2]! / seen[0]! + 1e-9 * (1 + seen[1]! ** 2)
  return -((x - seen[1]!) ** 2) / (2 * variance) - Math.log(variance) / 2
}

function forget(model: NaiveBayes): void {
  for (let c = 0; c < model.classes; c++) {
    model.rows[c]! *= model.kept
    for (const [j, seen] of model.seen[c]!.entries())
      if (model.categories[j]! > 0) for (let k = 0; k < seen.length; k++) seen[k]! *= model.kept
      else {
        seen[0]! *= model.kept
        seen[2]! *= model.kept
      }
  }
}

function check(model: NaiveBayes, features: ArrayLike<number>, label: number): void {
  const known = Number.isInteger(label) && label >= 0 && label < model.classes
  const wrong = model.categories.findIndex((k, j) =>
    k > 0 ? !(Number.isInteger(features[j]) && features[j]! >= 0 && features[j]! < k) : !Number.isFinite(features[j]),
  )
  if (known && wrong < 0) return
  throw new StatsError(
    'STATS_OUT_OF_RANGE',
    known
      ? `feature ${wrong} is ${features[wrong]}, expected ${expected(model, wrong)}`
      : `label is ${label}, expected 0 to ${model.classes - 1}`,
    { label, feature: wrong },
  )
}

function expected({ categories }: NaiveBayes, j: number): string {
  return categories[j]! > 0 ? `a category from 0 to ${categories[j]! - 1}` : 'a finite number'
}
