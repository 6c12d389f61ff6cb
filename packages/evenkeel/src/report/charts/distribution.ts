import * as Plot from '@observablehq/plot'
import { drawPlot, formatShare, formatTick, INK, marginFor, shorten } from './svg.ts'

/** Shares of two windows over the same intervals of numbers. */
export interface NumericDistribution {
  /** Ends of the bars, ascending; one more than there are bars. The first and last bar also hold what lies beyond. */
  readonly edges: readonly number[]
  readonly reference: readonly number[]
  readonly current: readonly number[]
}

/** Shares of two windows over the same values. */
export interface CategoricalDistribution {
  readonly values: readonly string[]
  readonly reference: readonly number[]
  readonly current: readonly number[]
}

const LABEL_CHARACTERS = 18

/** Reference as grey bars, current as a line of steps over them: both stay readable where they overlap. */
export function drawNumericDistribution(
  title: string,
  { edges: found, reference, current }: NumericDistribution,
  { width = 340, height = 190, formatX = formatTick }: ChartSize & { readonly formatX?: (x: number) => string } = {},
): string {
  const unit = unitOf(found)
  const edges = found.map((edge) => edge / unit)
  const bars = reference.map((share, i) => ({ from: edges[i]!, until: edges[i + 1]!, share }))
  // A table without the column has no line, rather than one at zero.
  const drawn = current.some((share) => share > 0) ? current : []
  const steps = drawn.flatMap((share, i) => [
    { x: edges[i]!, share },
    { x: edges[i + 1]!, share },
  ])
  return drawPlot(title, {
    width,
    height,
    marginLeft: 46,
    marginRight: 26,
    x: {
      label: null,
      ticks: wholeValues(edges, width / 50) ?? Math.round(width / 75),
      tickFormat: (x: number) => formatX(x * unit),
    },
    y: { label: null, ticks: 4, tickFormat: formatShare, grid: true },
    marks: [
      Plot.rectY(bars, { x1: 'from', x2: 'until', y: 'share', fill: INK.reference, fillOpacity: 0.55, inset: 0.5 }),
      Plot.lineY(steps, { x: 'x', y: 'share', stroke: INK.current, strokeWidth: 2 }),
      Plot.ruleY([0], { stroke: INK.rule }),
    ],
  })
}

/** An axis cannot be divided where its ends are as far apart as numbers go, or as close: it is drawn in a unit of its own. */
function unitOf(edges: readonly number[]): number {
  const span = edges[edges.length - 1]! - edges[0]!
  return span < 1e-290 || span > 1e290 ? Math.max(...edges.map(Math.abs)) : 1
}

/** Bars that stand for one whole number each are labelled with it, thinned out to `most` labels; else null. */
function wholeValues(edges: readonly number[], most: number): readonly number[] | null {
  const isWhole = edges.every((edge, i) => Number.isInteger(edge + 0.5) && (i === 0 || edge - edges[i - 1]! === 1))
  if (!isWhole) return null
  const values = edges.slice(1).map((edge) => edge - 0.5)
  const every = Math.ceil(values.length / most)
  return values.filter((_, i) => i % every === 0)
}

export interface ChartSize {
  readonly width?: number
  readonly height?: number
}

/** Two bars for each value, the reference above the current. */
export function drawCategoricalDistribution(
  title: string,
  { values, reference, current }: CategoricalDistribution,
  { width = 340 }: ChartSize = {},
): string {
  const labels = distinctLabels(values)
  const bars = labels.flatMap((label, i) => [
    { label, window: 'reference', share: reference[i]! },
    { label, window: 'current', share: current[i]! },
  ])
  return drawPlot(title, {
    width,
    height: 34 + labels.length * 30,
    marginLeft: marginFor(labels),
    marginRight: 26,
    marginTop: 4,
    x: { label: null, ticks: 3, tickFormat: formatShare, grid: true },
    y: { axis: null, domain: ['reference', 'current'], padding: 0.05 },
    fy: { label: null, domain: labels, axis: 'left', padding: 0.25 },
    color: { domain: ['reference', 'current'], range: [INK.reference, INK.current] },
    marks: [Plot.barX(bars, { fy: 'label', y: 'window', x: 'share', fill: 'window' })],
  })
}

/** Shortened labels that became alike are told apart by a number. */
export function distinctLabels(values: readonly string[], characters = LABEL_CHARACTERS): readonly string[] {
  const seen = new Map<string, number>()
  return values.map((value) => {
    const label = shorten(value === '' ? '(empty)' : value, characters)
    const count = (seen.get(label) ?? 0) + 1
    seen.set(label, count)
    return count === 1 ? label : `${label} ${count}`
  })
}
