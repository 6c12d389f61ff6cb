import type { LinearModel } from '../model.ts'
import type { GraphBuilder } from './graph.ts'

type Numeric = Extract<LinearModel['terms'][number], { kind: 'numeric' }>

/**
 * Scores of a linear model: (x - mean), 0 where missing or infinite, times coefficient/scale; and one-hot categories, of which a
 * missing or unseen one equals no code. Subtracting first keeps a large mean from eating the digits of float32.
 */
export function linearGraph(graph: GraphBuilder, model: LinearModel, features: string): string {
  const parts: string[] = []
  const numeric = columnsOf(model, 'numeric')
  if (numeric.length > 0) parts.push(numericScores(graph, model, numeric, features))
  if (numeric.length < model.features.length) {
    parts.push(categoricalScores(graph, model, columnsOf(model, 'categorical'), features))
  }
  const intercept = graph.floats([model.intercept.length], model.intercept)
  return parts.reduce((sum, part) => graph.node('Add', [sum, part]), intercept)
}

function columnsOf(model: LinearModel, kind: 'numeric' | 'categorical'): number[] {
  return model.features.flatMap((spec, column) => (spec.kind === kind ? [column] : []))
}

function numericScores(graph: GraphBuilder, model: LinearModel, columns: readonly number[], features: string): string {
  const terms = columns.map((column) => model.terms[column] as Numeric)
  const values = columns.length === model.features.length ? features : gather(graph, features, columns)
  const means = graph.floats(
    [terms.length],
    terms.map((term) => term.mean),
  )
  const centred = graph.node('Sub', [values, means])
  const absent = graph.node('Or', [graph.node('IsNaN', [centred]), graph.node('IsInf', [centred])])
  const present = graph.node('Where', [absent, graph.floats([], [0]), centred])
  const slopes = terms.flatMap((term) => term.coefficients.map((coefficient) => coefficient / term.scale))
  return graph.node('MatMul', [present, graph.floats([terms.length, model.intercept.length], slopes)])
}

function categoricalScores(
  graph: GraphBuilder,
  model: LinearModel,
  columns: readonly number[],
  features: string,
): string {
  const indices: number[] = []
  const codes: number[] = []
  const slopes: number[] = []
  for (const column of columns) {
    const term = model.terms[column]!
    if (term.kind === 'numeric') continue
    for (let code = 0; code < model.features[column]!.categories; code++) {
      indices.push(column)
      codes.push(code)
      for (const coefficients of term.coefficients) slopes.push(coefficients[code]!)
    }
  }
  const matches = graph.node('Equal', [gather(graph, features, indices), graph.floats([codes.length], codes)])
  const oneHot = graph.node('Cast', [matches], { attributes: { to: { int: 1 } } })
  return graph.node('MatMul', [oneHot, graph.floats([codes.length, model.intercept.length], slopes)])
}

function gather(graph: GraphBuilder, features: string, columns: readonly number[]): string {
  return graph.node('Gather', [features, graph.integers(columns)], { attributes: { axis: { int: 1 } } })
}
