import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fillPage } from '../bench/guide.ts'
import { drawPictures } from '../bench/plots.ts'
import { type Recorded, renderResults } from '../bench/render.ts'

const MACHINE = { cpu: 'a processor', cores: 2, memoryGiB: 8, node: 'v24.0.0' }
const TABLE = {
  title: 'A drift report of two Parquet files, made up',
  note: 'Made up.',
  columns: ['tool', 'seconds', 'GB', 'GB'],
  rows: [
    ['evenkeel report', 2.345, 0.5, 0.6],
    ['a < peer | of ours', 60, 5, 6],
    ['a slow one', 'more than 900', 7, 8],
  ],
}
const RECORDED: Recorded[] = [
  {
    name: 'report',
    at: '2026-11-21T00:00:00.000Z',
    machine: MACHINE,
    results: [{ name: 'report', unit: 's', value: 2.345, target: 3, limit: 'reading' }],
    tables: [TABLE],
  },
]
const PAGE =
  'before\n<!-- measured: report -->\nold\n<!-- end -->\nbetween\n<!-- measured: streams -->\n<!-- end -->\nafter\n'

test('a page shows what is recorded, in the place it names, and says what is not recorded', () => {
  const page = fillPage(PAGE, RECORDED, drawPictures(RECORDED))
  assert.match(page, /^before\n<!-- measured: report -->\n\n\*\*A drift report of two Parquet files, made up\*\*\n/)
  assert.match(
    page,
    /\| tool \| seconds \| GB \| GB \|\n\| --- \| --- \| --- \| --- \|\n\| evenkeel report \| 2\.35 \| 0\.5 \| 0\.6 \|\n/,
  )
  assert.match(page, /!\[Seconds for a drift report[^\]]*\]\(plots\/report-time\.svg\)\n\n<!-- end -->\nbetween\n/)
  assert.match(page, /Not recorded yet: `npm run bench streams -- --record`/)
  assert.doesNotMatch(page, /old/)
})

test('a page that is filled twice is the same', () => {
  const once = fillPage(PAGE, RECORDED, drawPictures(RECORDED))
  assert.equal(fillPage(once, RECORDED, drawPictures(RECORDED)), once)
})

test('a page that asks for what no study has is refused, with what there is', () => {
  assert.throws(() => fillPage('<!-- measured: luck --><!-- end -->', [], []), /luck, which is none of null-worlds, /)
})

test('a study whose table has another title says to record it anew', () => {
  assert.throws(
    () => drawPictures([{ ...RECORDED[0]!, tables: [{ ...TABLE, title: 'Another' }] }]),
    /record the benchmark anew/,
  )
})

test('a picture stands on its own: title, paper, no variable, no colour of the page; bars of what has a number', () => {
  const [picture, ...others] = drawPictures(RECORDED)
  assert.deepEqual(others, [])
  const { file, title, svg } = picture!
  assert.equal(file, 'report-time.svg')
  assert.ok(svg.includes(`font-weight="600">${title}</text>`))
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*><rect [^>]*fill="#ffffff"\/>/)
  assert.doesNotMatch(svg, /var\(|currentColor/)
  assert.match(svg, /a &lt; peer \| of ours/)
  assert.doesNotMatch(svg, /a slow one/)
})

test('all figures stand on one page with when, where and what limits them', () => {
  const page = renderResults(RECORDED)
  assert.match(page, /## report\n\n2026-11-21, 2 cores of a processor, 8 GiB, Node v24\.0\.0\n/)
  assert.match(page, /\| report \| 2\.35 s \| 3 \| {2}\| reading \|/)
  assert.match(page, /\| a < peer \\\| of ours \| 60 \| 5 \| 6 \|/)
})
