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
  const labels = [
    ...svg.matchAll(
      /<g [^>]*text-anchor="(start|end)"[^>]*transform="translate\(([-\d.]+),([-\d.]+)\)"[^>]*><text transform="translate\(([\d.]+),[^>]*>([^<]*injected[^<]*)</g,
    ),
  ]
  const shown = textsOf(svg).filter((text) => /inj|…/.test(text))
  assert.equal(shown.length, 3)
  assert.equal(new Set(labels.map((label) => label[3])).size > 1, labels.length > 0)
})
