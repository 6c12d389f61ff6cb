import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

/** Inside a page the page's variables give light and dark; a chart taken out of it falls back to the colours named here. */
export const INK = {
  reference: 'var(--ek-reference, #9aa3ad)',
  current: 'var(--ek-current, #2f6fde)',
  good: 'var(--ek-good, #1d8a5b)',
  bad: 'var(--ek-bad, #d1453b)',
  third: 'var(--ek-third, #a8681a)',
  rule: 'var(--ek-rule, #c9ced4)',
  muted: 'var(--ek-muted, #67707a)',
} as const

/** Text of a chart; the width of a character is rounded up, so that a margin made from it never clips. */
const FONT_SIZE = 12
const CHARACTER_WIDTH = 7

const { document } = parseHTML('<!doctype html><html><body></body></html>')

/**
 * Draws a plot and gives its SVG as text.
 * @param title what the chart shows, in words, for readers who cannot see it
 */
export function drawPlot(title: string, options: Plot.PlotOptions): string {
  const svg = Plot.plot({
    className: 'ek-chart',
    style: { fontSize: `${FONT_SIZE}px`, fontFamily: 'system-ui, sans-serif' },
    ...options,
    document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
  })
  const bare = svg.outerHTML.replace(/\s*<style>[\s\S]*?<\/style>/, '').replace(/ xmlns="[^"]*"/, '')
  // Set as text, because the document writes < in attributes as it is, which a file of SVG must not have.
  const named = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeAttribute(title)}" `
  return roundCoordinates(bare.replace(/^<svg /, named))
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/** Two decimals of a pixel are plenty, and halve the size of a page of a hundred charts. */
function roundCoordinates(svg: string): string {
  return svg.replaceAll(/ (?:d|[xy][12]?|c[xy]|width|height|transform)="[^"]*"/g, (attribute) =>
    attribute.replaceAll(/(\.\d{2})\d+/g, '$1'),
  )
}

/** Pixels a text needs. */
export function textWidth(text: string): number {
  return [...text].length * CHARACTER_WIDTH
}

/** Room on the left for these labels. */
export function marginFor(labels: readonly string[]): number {
  return 14 + Math.max(0, ...labels.map(textWidth))
}

/** A label short enough to stand beside a bar; the whole of it is in the table of the chart. */
export function shorten(label: string, characters: number): string {
  const letters = [...label]
  return letters.length <= characters ? label : `${letters.slice(0, characters - 1).join('')}…`
}

/** A text cut to what fits into so many pixels. */
export function fitText(text: string, pixels: number): string {
  return shorten(text, Math.max(1, Math.floor(pixels / CHARACTER_WIDTH)))
}

/** At most four significant digits, large numbers with k, M, G. */
export function formatTick(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 10_000)
    return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value)
  if (size < 0.001) return value.toExponential(1)
  return String(Number(value.toPrecision(4)))
}

export function formatShare(share: number): string {
  const percent = share * 100
  return `${Number(percent.toFixed(percent !== 0 && Math.abs(percent) < 1 ? 2 : 1))}%`
}
