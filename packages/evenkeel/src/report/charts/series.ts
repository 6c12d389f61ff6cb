import * as Plot from '@observablehq/plot'
import type { Instant } from '../../clock.ts'
import type { ChartSize } from './distribution.ts'
import { drawPlot, fitText, formatTick, INK, textWidth } from './svg.ts'

/** A measure at one time; null where it is unknown, which breaks the line instead of hiding the gap. */
interface SeriesPoint {
  readonly at: Instant
  readonly value: number | null
  readonly low?: number | null
  readonly high?: number | null
}

export interface Series {
  readonly name: string
  readonly points: readonly SeriesPoint[]
  readonly tone: 'current' | 'reference' | 'good' | 'bad' | 'third'
  readonly dashed?: boolean
}

/** Something that happened, drawn as a line across the chart, or as a span when it lasted. */
export interface Incident {
  readonly from: Instant
  readonly until?: Instant
  readonly label: string
}

export interface SeriesOptions extends ChartSize {
  readonly incidents?: readonly Incident[]
  /** A level to hold the series against. */
  readonly level?: { readonly value: number; readonly label: string }
  readonly format?: (value: number) => string
}

const MARGIN_LEFT = 56
const MARGIN_RIGHT = 24
const LABEL_ROW = 16
/** Between a rule and its label. */
const LABEL_GAP = 4

/** Lines with their intervals as bands, and what happened as annotated rules: labels stand in rows above the plot. */
export function drawSeries(title: string, series: readonly Series[], options: SeriesOptions = {}): string {
  const { width = 720, height = 260, incidents = [], level, format = formatTick } = options
  const labels = placeLabels(series, incidents, width)
  const marginTop = 12 + labels.rows * LABEL_ROW
  return drawPlot(title, {
    width,
    height: height + labels.rows * LABEL_ROW,
    marginTop,
    marginLeft: MARGIN_LEFT,
    marginRight: MARGIN_RIGHT,
    x: { type: 'utc', label: null, ticks: Math.round(width / 110), domain: timeDomain(series) },
    y: { label: null, ticks: 5, tickFormat: format, grid: true, nice: true },
    marks: [
      Plot.rect(incidents.filter((i) => i.until !== undefined).map(asDates), {
        x1: 'from',
        x2: 'until',
        fill: INK.bad,
        fillOpacity: 0.1,
      }),
      Plot.ruleX(incidents.map(asDates), { x: 'from', stroke: INK.bad, strokeDasharray: '4,3' }),
      ...(level ? [Plot.ruleY([level.value], { stroke: INK.muted, strokeDasharray: '2,3' })] : []),
      ...series.flatMap(drawOne),
      ...labels.placed.map(drawLabel),
    ],
  })
}

function asDates({ from, until, label }: Incident) {
  return { from: new Date(from), until: until === undefined ? undefined : new Date(until), label }
}

function drawOne(series: Series): Plot.Markish[] {
  const stroke = INK[series.tone]
  const points = series.points.map((point) => ({ ...point, at: new Date(point.at), value: point.value ?? Number.NaN }))
  const isBanded = points.some((point) => typeof point.low === 'number')
  return [
    ...(isBanded
      ? [Plot.areaY(points, { x: 'at', y1: bound('low'), y2: bound('high'), fill: stroke, fillOpacity: 0.15 })]
      : []),
    Plot.lineY(points, {
      x: 'at',
      y: 'value',
      stroke,
      strokeWidth: 2,
      ...(series.dashed ? { strokeDasharray: '6,4' } : {}),
    }),
    ...(points.length <= 60 ? [Plot.dot(points, { x: 'at', y: 'value', fill: stroke, r: 2.2 })] : []),
  ]
}

/** An unknown bound breaks the band, as an unknown value breaks the line. */
function bound(side: 'low' | 'high') {
  return (point: { readonly low?: number | null; readonly high?: number | null }) => point[side] ?? Number.NaN
}

function timeDomain(series: readonly Series[]): [Date, Date] {
  const times = series.flatMap(({ points }) => points.map(({ at }) => at))
  return [new Date(Math.min(...times)), new Date(Math.max(...times))]
}

interface PlacedLabel {
  readonly at: Date
  readonly text: string
  readonly anchor: 'start' | 'end'
  readonly row: number
}

/** Labels in as few rows above the plot as they need, turned to the left where they would run off the right edge. */
function placeLabels(
  series: readonly Series[],
  incidents: readonly Incident[],
  width: number,
): { readonly rows: number; readonly placed: readonly PlacedLabel[] } {
  const [from, until] = timeDomain(series).map(Number) as [number, number]
  const pixel = (at: number) =>
    MARGIN_LEFT + ((at - from) / Math.max(1, until - from)) * (width - MARGIN_LEFT - MARGIN_RIGHT)
  const taken: (readonly [number, number])[][] = []
  const placed = [...incidents]
    .sort((a, b) => a.from - b.from)
    .map((incident): PlacedLabel => {
      const at = pixel(incident.from)
      const text = fitText(incident.label, Math.max(at, width - at) - LABEL_GAP)
      const anchor = at + LABEL_GAP + textWidth(text) > width ? 'end' : 'start'
      const span =
        anchor === 'start' ? ([at, at + 12 + textWidth(text)] as const) : ([at - 12 - textWidth(text), at] as const)
      let row = taken.findIndex((spans) => spans.every(([a, b]) => b < span[0] || a > span[1]))
      if (row < 0) row = taken.push([]) - 1
      taken[row]!.push(span)
      return { at: new Date(incident.from), text, anchor, row }
    })
  return { rows: taken.length, placed }
}

function drawLabel({ at, text, anchor, row }: PlacedLabel): Plot.Markish {
  return Plot.text([{ at, text }], {
    x: 'at',
    text: 'text',
    frameAnchor: 'top',
    textAnchor: anchor,
    dx: anchor === 'start' ? LABEL_GAP - 1 : 1 - LABEL_GAP,
    dy: -10 - row * LABEL_ROW,
    fill: INK.bad,
  })
}
