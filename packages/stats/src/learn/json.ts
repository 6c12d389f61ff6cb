import { LearnError } from './error.ts'
import type { BoostedTrees, CalibratedModel, LinearModel, Model, Tree } from './model.ts'

const FORMAT = 'evenkeel.model'
const VERSION = 1

type TreeJson = {
  readonly [Field in Exclude<keyof Tree, 'listed'>]: readonly number[]
} & {
  /** Pairs of node and listed codes, categorical nodes only. */
  readonly listed: readonly (readonly [number, readonly number[]])[]
}

type PlainModel =
  | LinearModel
  | (Omit<BoostedTrees, 'rounds'> & { readonly rounds: readonly (readonly TreeJson[])[] })
  | (Omit<CalibratedModel, 'model'> & { readonly model: PlainModel })

/** A model as plain JSON, every number exact. */
export interface ModelJson {
  readonly format: typeof FORMAT
  readonly version: typeof VERSION
  readonly model: PlainModel
}

/**
 * The model as a value that JSON holds without loss.
 * @example
 * const x = { name: 'x', kind: 'numeric', values: Float64Array.of(1, 2, 3) } as const
 * const model = trainLinearRegression({ features: [x], target: Float64Array.of(2, 4, 6) })
 * JSON.stringify(toJson(fromJson(toJson(model)))) === JSON.stringify(toJson(model)) // true
 */
export function toJson(model: Model): ModelJson {
  return { format: FORMAT, version: VERSION, model: plain(model) }
}

/** @throws LearnError LEARN_MODEL_INVALID when the value is of another format or version */
export function fromJson(json: unknown): Model {
  const found = json as Partial<ModelJson> | null | undefined
  if (found?.format === FORMAT && found.version === VERSION && found.model !== undefined) return revived(found.model)
  throw new LearnError(
    'LEARN_MODEL_INVALID',
    `found format ${found?.format} version ${found?.version}, expected ${FORMAT} version ${VERSION}`,
  )
}

function plain(model: Model): PlainModel {
  if (model.kind === 'linear') return model
  if (model.kind === 'calibrated') return { ...model, model: plain(model.model) }
  return { ...model, rounds: model.rounds.map((round) => round.map(plainTree)) }
}

function revived(model: PlainModel): Model {
  if (model.kind === 'linear') return model
  if (model.kind === 'calibrated') return { ...model, model: revived(model.model) as BoostedTrees | LinearModel }
  return { ...model, rounds: model.rounds.map((round) => round.map(revivedTree)) }
}

function plainTree(tree: Tree): TreeJson {
  return {
    feature: [...tree.feature],
    threshold: [...tree.threshold],
    missingLeft: [...tree.missingLeft],
    left: [...tree.left],
    right: [...tree.right],
    value: [...tree.value],
    gain: [...tree.gain],
    rows: [...tree.rows],
    listed: tree.listed.flatMap((codes, node) => (codes === undefined ? [] : [[node, codes] as const])),
  }
}

function revivedTree(tree: TreeJson): Tree {
  const listed = new Array<readonly number[] | undefined>(tree.feature.length).fill(undefined)
  for (const [node, codes] of tree.listed) listed[node] = codes
  return {
    feature: Int32Array.from(tree.feature),
    threshold: Float64Array.from(tree.threshold),
    missingLeft: Uint8Array.from(tree.missingLeft),
    left: Int32Array.from(tree.left),
    right: Int32Array.from(tree.right),
    value: Float64Array.from(tree.value),
    gain: Float64Array.from(tree.gain),
    rows: Float64Array.from(tree.rows),
    listed,
  }
}
