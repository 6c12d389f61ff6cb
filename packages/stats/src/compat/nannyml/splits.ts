import { StatsError } from '../../error.ts'
import { type NumpyRandom, numpyRandom } from '../numpy-random.ts'

export type Split = { readonly train: Uint32Array; readonly test: Uint32Array }

/**
 * scikit-learn's `StratifiedShuffleSplit(n_splits, test_size=0.1, random_state=seed)` of 0/1 labels: the same rows in
 * the same order.
 * @throws StatsError STATS_TOO_FEW_ROWS when a class has fewer than two rows or a side fewer rows than classes
 */
export function stratifiedShuffleSplits(labels: ArrayLike<number>, splits: number, seed: number): readonly Split[] {
  const members = [0, 1].map((label) => Uint32Array.from(rowsWhere(labels, label)))
  const counts = members.map(({ length }) => length)
  const tests = Math.ceil(0.1 * labels.length)
  const trains = labels.length - tests
  if (Math.min(...counts) < 2 || tests < 2 || trains < 2)
    throw new StatsError(
      'STATS_TOO_FEW_ROWS',
      `${counts.join(' and ')} rows of the two classes cannot be split 90 to 10, expected at least 2 of each and 11 in all`,
      { counts },
    )
  const random = numpyRandom(seed)
  return Array.from({ length: splits }, () => {
    const trainCounts = likelyCounts(counts, trains, random)
    const testCounts = likelyCounts(
      counts.map((count, i) => count - trainCounts[i]!),
      tests,
      random,
    )
    const train: number[] = []
    const test: number[] = []
    members.forEach((rows, i) => {
      const order = random.permutation(rows.length)
      const until = trainCounts[i]!
      for (let k = 0; k < until; k++) train.push(rows[order[k]!]!)
      for (let k = until; k < until + testCounts[i]!; k++) test.push(rows[order[k]!]!)
    })
    return { train: shuffled(train, random), test: shuffled(test, random) }
  })
}

/**
 * scikit-learn's `StratifiedKFold(folds)` without shuffling: the fold in which each row is tested.
 * @throws StatsError STATS_TOO_FEW_ROWS when every class has fewer rows than there are folds
 */
export function stratifiedFolds(labels: ArrayLike<number>, folds: number): Uint8Array {
  const counts = [0, 1].map((label) => rowsWhere(labels, label).length)
  if (Math.max(...counts) < folds)
    throw new StatsError('STATS_TOO_FEW_ROWS', `${labels.length} rows cannot make ${folds} folds`, { counts })
  // scikit-learn numbers classes in the order in which they appear.
  const first = labels[0] === 1 ? 1 : 0
  const sorted = Array.from({ length: labels.length }, (_, i) => (i < counts[first]! ? first : 1 - first))
  const left = [0, 1].map((label) =>
    Array.from({ length: folds }, (_, fold) => sorted.filter((l, i) => l === label && i % folds === fold).length),
  )
  const at = [0, 0]
  return Uint8Array.from({ length: labels.length }, (_, row) => {
    const label = labels[row]!
    while (left[label]![at[label]!] === 0) at[label]!++
    left[label]![at[label]!]!--
    return at[label]!
  })
}

/** The most likely counts of a draw without replacement; rests are given out from the largest, ties by chance. */
function likelyCounts(counts: readonly number[], draws: number, random: NumpyRandom): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const exact = counts.map((count) => (count / total) * draws)
  const whole = exact.map(Math.floor)
  let missing = draws - whole.reduce((sum, count) => sum + count, 0)
  const rests = exact.map((value, i) => value - whole[i]!)
  for (const rest of [...new Set(rests)].sort((a, b) => b - a)) {
    if (missing <= 0) break
    const tied = [...rests.keys()].filter((i) => rests[i] === rest)
    const order = random.permutation(tied.length)
    const taken = Math.min(tied.length, missing)
    for (let k = 0; k < taken; k++) whole[tied[order[k]!]!]!++
    missing -= taken
  }
  return whole
}

function rowsWhere(labels: ArrayLike<number>, label: number): number[] {
  const rows: number[] = []
  for (let row = 0; row < labels.length; row++) if (labels[row] === label) rows.push(row)
  return rows
}

function shuffled(rows: readonly number[], random: NumpyRandom): Uint32Array {
  const order = random.permutation(rows.length)
  const found = new Uint32Array(rows.length)
  for (let k = 0; k < found.length; k++) found[k] = rows[order[k]!]!
  return found
}
