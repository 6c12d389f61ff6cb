import type { BoostedTrees } from './model.ts'

export interface Importance {
  readonly name: string
  /** Loss removed by the splits on this feature. */
  readonly gain: number
  /** `gain` over that of all features; 0 when no tree split. */
  readonly share: number
  readonly splits: number
}

/**
 * Features by the loss their splits removed in training, largest first. It favours features with many values, and says
 * nothing about cause.
 * @example
 * const random = createRandom(1)
 * const [age, shoe] = [0, 0].map(() => Float64Array.from({ length: 200 }, random.next))
 * const features = [{ name: 'age', kind: 'numeric', values: age }, { name: 'shoe', kind: 'numeric', values: shoe }]
 * const model = trainBoostedTrees({ features, target: age.map((a) => 3 * a) }, { task: 'regression', seed: 1 })
 * importances(model)[0].name // 'age'
 */
export function importances(model: BoostedTrees): Importance[] {
  const gains = new Float64Array(model.features.length)
  const splits = new Float64Array(model.features.length)
  for (const tree of model.rounds.flat()) {
    tree.feature.forEach((feature, node) => {
      if (feature < 0) return
      gains[feature]! += tree.gain[node]!
      splits[feature]! += 1
    })
  }
  const total = gains.reduce((sum, gain) => sum + gain, 0)
  return model.features
    .map(({ name }, j) => ({ name, gain: gains[j]!, share: total > 0 ? gains[j]! / total : 0, splits: splits[j]! }))
    .sort((a, b) => b.gain - a.gain)
}
