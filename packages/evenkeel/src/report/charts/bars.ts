import * as Plot from '@observablehq/plot'
import { type ChartSize, distinctLabels } from './distribution.ts'
import { drawPlot, formatTick, INK, marginFor, textWidth } from './svg.ts'

export interface Bar {
  readonly label: string
  readonly value: number
  /** Interval of the value, drawn as a thin line. */
  readonly low?: number
  readonly high?: number
  /** What chance alone would make of it, drawn as a mark across the bar. */
  readonly floor?: number
  readonly tone?: 'plain' | 'good' | 'bad' | 'muted'
}

export interface BarsOptions extends ChartSize {
  readonly format?: (value: number) => string
}

const TONES = { plain: INK.current, good: INK.good, bad: INK.bad, muted: INK.reference } as const

/** A label takes about a third of the width at most. */
const LABEL_PART = 20

/** Horizontal bars in the order given, each with its value written behind it. */
export function drawBars(title: string, bars: readonly Bar[], options: BarsOptions = {}): string {
  const { width = 640, format = formatTick } = options
  const labels = distinctLabels(
    bars.map((bar) => bar.label),
    Math.floor(width / LABEL_PART),
  )
  const rows = bars.map((bar, i) => ({
    ...bar,
    label: labels[i]!,
    end: Math.max(bar.value, bar.high ?? bar.value, bar.floor ?? bar.value),
    text: format(bar.value),
  }))
  const intervals = rows.filter((row) => row.low !== undefined && row.high !== undefined)
  const floors = rows.filter((row) => row.floor !== undefined)
  return drawPlot(title, {
    width,
    height: 34 + bars.length * 24,
    marginLeft: marginFor(labels),
    marginRight: 16 + Math.max(0, ...rows.map((row) => textWidth(row.text))),
    marginTop: 4,
    x: { label: null, ticks: Math.round(width / 110), tickFormat: format, grid: true },
    y: { label: null, domain: labels, padding: 0.3 },
    marks: [
      Plot.barX(rows, { y: 'label', x: 'value', fill: (row: Bar) => TONES[row.tone ?? 'plain'] }),
      Plot.ruleY(intervals, { y: 'label', x1: 'low', x2: 'high', stroke: 'currentColor', strokeWidth: 1.5 }),
      Plot.tickX(floors, { y: 'label', x: 'floor', stroke: 'currentColor', strokeWidth: 2, strokeDasharray: '2,2' }),
      Plot.text(rows, { y: 'label', x: 'end', text: 'text', textAnchor: 'start', dx: 6, fill: 'currentColor' }),
      Plot.ruleX([0], { stroke: INK.rule }),
    ],
  })
}
