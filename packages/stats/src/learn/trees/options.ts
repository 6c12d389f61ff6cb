import type { LearningData, Task } from '../data.ts'
import { LearnError } from '../error.ts'

export interface BoostedTreesOptions {
  readonly task: Task
  /** The same seed, data and options give the same model; decides row and feature samples only. */
  readonly seed: number | string
  /** Number of classes of a multiclass target; the largest seen + 1 by default. */
  readonly classes?: number
  /** Boosting rounds at most; 100. */
  readonly rounds?: number
  /** Share of each tree's step that is taken, (0, 1]; 0.1. */
  readonly learningRate?: number
  /** Splits between root and leaf at most, 1 … 16; 16. Given without `maxLeaves`, the tree grows full to this depth. */
  readonly maxDepth?: number
  /** Leaves of a tree at most, 2 … 65,536: the split that removes most loss is always next; 31, or with `maxDepth` no limit. */
  readonly maxLeaves?: number
  /** Bins per feature at most, missing apart, 2 … 255; 255. */
  readonly maxBins?: number
  /** Training rows a leaf holds at least, whatever their weights; 20. */
  readonly minRowsPerLeaf?: number
  /** Sum of second derivatives a leaf holds at least; 0.001. */
  readonly minHessianPerLeaf?: number
  /** Loss a split removes at least; 0. */
  readonly minGain?: number
  /** Ridge penalty on leaf values; 1. */
  readonly l2?: number
  /** Share of the rows each round sees, (0, 1]; 1. */
  readonly rowShare?: number
  /** Share of the features each tree sees, (0, 1]; 1. */
  readonly featureShare?: number
  /**
   * Added to the hessian when categories are put in order, and to l2 where they are split: rare ones decide less; 10.
   * Like the two rules for rare categories below, not for a feature of four categories or fewer.
   */
  readonly categorySmoothing?: number
  /** Categories named by one split at most; the others go with missing and unseen ones; 32. */
  readonly maxListedCategories?: number
  /** Rows of a node a category holds at least to be named by its split; 10. */
  readonly minRowsPerCategory?: number
  /** Rows on each side of a categorical split, and between two tries, at least; 100. */
  readonly minRowsPerCategoryGroup?: number
  /** By feature name: 1 the score never falls as the feature rises, -1 it never rises. Binary and regression only. */
  readonly monotone?: Readonly<Record<string, 1 | -1>>
  /** Later rows, split by time by the caller; with them the rounds after the best one are dropped. */
  readonly validation?: LearningData
  /** Rounds without a better validation loss before training ends; 20. */
  readonly patience?: number
  /** Called after each round. */
  readonly onRound?: (progress: RoundProgress) => void
}

export interface RoundProgress {
  readonly round: number
  readonly rounds: number
  readonly validationLoss?: number
}

type Optional = 'classes' | 'monotone' | 'validation' | 'onRound'
export type Settings = Required<Omit<BoostedTreesOptions, Optional>> & Pick<BoostedTreesOptions, Optional>

const defaults = {
  rounds: 100,
  learningRate: 0.1,
  maxDepth: 16,
  maxLeaves: 31,
  maxBins: 255,
  minRowsPerLeaf: 20,
  minHessianPerLeaf: 1e-3,
  minGain: 0,
  l2: 1,
  rowShare: 1,
  featureShare: 1,
  categorySmoothing: 10,
  maxListedCategories: 32,
  minRowsPerCategory: 10,
  minRowsPerCategoryGroup: 100,
  patience: 20,
} as const

/** A full tree of the greatest depth. */
const MOST_LEAVES = 2 ** 16

/** Lowest and highest value of each number; whole marks counts. */
const limits: Record<keyof typeof defaults, { least: number; most: number; whole?: true }> = {
  rounds: { least: 1, most: 10_000, whole: true },
  learningRate: { least: 1e-6, most: 1 },
  maxDepth: { least: 1, most: 16, whole: true },
  maxLeaves: { least: 2, most: MOST_LEAVES, whole: true },
  maxBins: { least: 2, most: 255, whole: true },
  minRowsPerLeaf: { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true },
  minHessianPerLeaf: { least: 0, most: Number.MAX_VALUE },
  minGain: { least: 0, most: Number.MAX_VALUE },
  l2: { least: 0, most: Number.MAX_VALUE },
  rowShare: { least: 1e-6, most: 1 },
  featureShare: { least: 1e-6, most: 1 },
  categorySmoothing: { least: 0, most: Number.MAX_VALUE },
  maxListedCategories: { least: 1, most: 255, whole: true },
  minRowsPerCategory: { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true },
  minRowsPerCategoryGroup: { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true },
  patience: { least: 1, most: 10_000, whole: true },
}

export function settle(options: BoostedTreesOptions): Settings {
  const given = withoutUndefined(options)
  const full = given.maxDepth === undefined ? {} : { maxLeaves: MOST_LEAVES }
  const settings: Settings = { ...defaults, ...full, ...given }
  for (const name of Object.keys(limits) as (keyof typeof limits)[]) {
    const { least, most, whole } = limits[name]
    const value = settings[name]
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) continue
    const expected = `${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`
    throw new LearnError('LEARN_OPTION_INVALID', `${name} is ${value}, expected ${expected}`, { option: name, value })
  }
  return settings
}

function withoutUndefined(options: BoostedTreesOptions): BoostedTreesOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
