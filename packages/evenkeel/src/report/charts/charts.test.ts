import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawBars, drawCategoricalDistribution, drawNumericDistribution, drawSeries } from './index.ts'

const DAY_MS = 86_400_000

/** Everything written in a chart. */
function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map((match) => match[1]!)
}

test('a chart says what it shows to those who cannot see it', () => {
  const svg = drawNumericDistribution('distance in miles', {
    edges: [0, 1, 2],
    reference: [0.5, 0.5],
    current: [0.2, 0.8],
  })
  assert.match(svg, /^<svg [^>]*role="img"/)
  assert.match(svg, /aria-label="distance in miles"/)
})

test('bars of whole numbers are labelled with them', () => {
  const svg = drawNumericDistribution('n', { edges: [-0.5, 0.5, 1.5], reference: [0.6, 0.4], current: [0, 0] })
  assert.deepEqual(
    textsOf(svg).filter((text) => !text.endsWith('%')),
    ['0', '1'],
  )
})

test('the same numbers give the same picture', () => {
  const draw = () => drawBars('effects', [{ label: 'distance', value: 0.5, floor: 0.05 }])
  assert.equal(draw(), draw())
})

test('values that differ only in their tails keep labels of their own', () => {
  const values = ['a very long category, first', 'a very long category, second']
  const svg = drawCategoricalDistribution('c', { values, reference: [0.5, 0.5], current: [0.5, 0.5] })
  assert.deepEqual(
    textsOf(svg).filter((text) => text.startsWith('a very')),
    ['a very long categ…', 'a very long categ… 2'],
  )
})

test('an unknown value breaks the line instead of being drawn', () => {
  const points = [0.5, 0.6, null, 0.7, 0.8].map((value, i) => ({ at: i * DAY_MS, value }))
  const svg = drawSeries('auc', [{ name: 'auc', tone: 'current', points }])
  const line = svg.match(/stroke-width="2"[^>]*><path d="([^"]+)"/)?.[1] ?? ''
  assert.equal(line.match(/M/g)?.length, 2)
  assert.doesNotMatch(svg, /NaN/)
})

test('labels of incidents that would collide stand in rows of their own, and none leaves the picture', () => {
  const points = Array.from({ length: 30 }, (_, i) => ({ at: i * DAY_MS, value: i / 30 }))
  const incidents = [
    { from: 3 * DAY_MS, until: 5 * DAY_MS, label: 'distance in kilometres (injected)' },
    { from: 4 * DAY_MS, label: 'codes in lower case (injected)' },
    { from: 29 * DAY_MS, label: 'bad version pushed (injected)' },
  ]
  const svg = drawSeries('auc', [{ name: 'auc', tone: 'current', points }], { incidents, width: 340 })
  const labels = [...svg.matchAll(LABEL)].map(([, dx, dy, anchor, x, text]) => {
    const at = Number(x) + Number(dx)
    const width = text!.length * 7
    return { row: Number(dy), from: anchor === 'end' ? at - width : at, until: anchor === 'end' ? at : at + width }
  })
  assert.equal(labels.length, 3)
  for (const { from, until } of labels) assert(from >= 0 && until <= 340, `${from} to ${until} of 340`)
  for (const [i, a] of labels.entries())
    for (const b of labels.slice(i + 1)) assert(a.row !== b.row || a.until <= b.from || b.until <= a.from)
})

/** Shift, anchor, place and text of an incident's label. */
const LABEL =
  /<g transform="translate\(([-\d.]+),([-\d.]+)\)" text-anchor="(start|end)"[^>]*><text transform="translate\(([\d.]+),[^>]*>([^<]+)</g
