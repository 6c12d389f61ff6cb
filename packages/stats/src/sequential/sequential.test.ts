import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom, type Random } from '../random.ts'
import {
  createLossDetector,
  createPairedComparison,
  type PairedVerdict,
  update,
  updateLossDetector,
  verdict,
} from './index.ts'

/** Share of rows on which exactly one of the two models is wrong; the rest says nothing of their difference. */
const DISCORDANT = 0.04

test('with no difference, looking after every hundred rows decides falsely in no more than alpha of the runs', () => {
  const runs = 300
  const decided = range(runs).filter(
    (run) => firstVerdict(`null ${run}`, { effect: 0, alpha: 0.1, rows: 6000 }).kind !== 'undecided',
  )
  assert.ok(decided.length <= 0.1 * runs, `${decided.length} of ${runs}`)
})

test('a challenger that is worse by 2 points is found within some 2,300 pairs, one of 5 points within 700', () => {
  assert.ok(medianRows(0.02) <= 2300, `2 points: ${medianRows(0.02)}`)
  assert.ok(medianRows(0.05) <= 700, `5 points: ${medianRows(0.05)}`)
})

test('the interval covers the true difference at every look in all but alpha of the runs', () => {
  let missed = 0
  for (const run of range(200)) {
    const random = createRandom(`cover ${run}`)
    const comparison = createPairedComparison({ alpha: 0.1 })
    let inside = true
    for (let look = 0; look < 30; look++) {
      update(comparison, ...pairs(random, 100, 0.01))
      const { low, high } = verdict(comparison).difference
      inside &&= low <= 0.01 && high >= 0.01
    }
    if (!inside) missed++
  }
  assert.ok(missed <= 20, `${missed} of 200`)
})

test('an equal challenger is not worse by the margin once there are rows enough, and never better', () => {
  const { kind } = firstVerdict('margin', { effect: 0, alpha: 0.05, rows: 20_000, margin: 0.02 })
  assert.equal(kind, 'not-worse')
})

test('rows that move together by day decide falsely when taken one by one, and rightly as day means', () => {
  const [byRow, byDay] = [false, true].map(
    (blocks) => range(100).filter((run) => days(`day ${run}`, blocks) !== 'undecided').length,
  )
  assert.ok(byRow! > 10, `by row ${byRow}`)
  assert.ok(byDay! <= 5, `by day ${byDay}`)
})

test('a comparison goes through JSON and goes on where it stopped', () => {
  const whole = createPairedComparison({ lossRange: 4 })
  update(whole, [1, 2, 3, 4], [0, 1, 1, 0])
  const first = createPairedComparison({ lossRange: 4 })
  update(first, [1, 2], [0, 1])
  const resumed: typeof first = JSON.parse(JSON.stringify(first))
  update(resumed, [3, 4], [1, 0])
  assert.deepEqual(resumed, whole)
})

test('a loss outside its range is refused by side and row, and nothing is added', () => {
  const comparison = createPairedComparison()
  assert.throws(() => update(comparison, [0, 0.5], [1, 1.5]), /challenger loss of pair 1 is 1.5, expected 0 to 1/)
  assert.equal(comparison.rows, 0)
})

test('no rows are undecided with the widest interval', () => {
  assert.deepEqual(verdict(createPairedComparison()).difference, { mean: 0, low: -1, high: 1 })
})

test('with losses inside the tolerance, false alarms stay below rows over the average run length', () => {
  const [rows, averageRunLength] = [400_000, 20_000]
  const random = createRandom('quiet')
  const detector = createLossDetector({ referenceMean: 0.1, tolerance: 0.02, averageRunLength })
  const losses = Float64Array.from({ length: rows }, () => (random.next() < 0.12 ? 1 : 0))
  let alarms = 0
  for (let at = 0; at < rows; ) {
    const { alarmed, used } = updateLossDetector(detector, losses.subarray(at))
    at += used
    if (alarmed) alarms++
  }
  assert.ok(alarms <= rows / averageRunLength, `${alarms} alarms`)
})

test('a rise of the losses is found within a few hundred rows, and its onset is dated', () => {
  const delays = range(30).map((run) => {
    const random = createRandom(`rise ${run}`)
    const detector = createLossDetector({ referenceMean: 0.1, tolerance: 0.02 })
    updateLossDetector(
      detector,
      Float64Array.from({ length: 3000 }, () => (random.next() < 0.1 ? 1 : 0)),
    )
    const after = Float64Array.from({ length: 3000 }, () => (random.next() < 0.25 ? 1 : 0))
    const { alarmed, used, onset } = updateLossDetector(detector, after)
    assert.ok(alarmed && Math.abs(onset - 3000) < 300, `run ${run}: onset ${onset}`)
    return used
  })
  assert.ok(delays.sort((a, b) => a - b)[15]! < 200, delays.join(' '))
})

function firstVerdict(
  seed: string,
  world: { readonly effect: number; readonly alpha: number; readonly rows: number; readonly margin?: number },
): PairedVerdict {
  const random = createRandom(seed)
  const comparison = createPairedComparison({ alpha: world.alpha, margin: world.margin ?? 0 })
  for (let rows = 0; rows < world.rows; rows += 100) {
    update(comparison, ...pairs(random, 100, world.effect))
    const now = verdict(comparison)
    if (now.kind !== 'undecided') return now
  }
  return verdict(comparison)
}

function medianRows(effect: number): number {
  const found = range(40).map((run) => firstVerdict(`power ${run}`, { effect, alpha: 0.01, rows: 20_000 }))
  assert.ok(found.every(({ kind }) => kind === 'worse'))
  return found.map(({ rows }) => rows).sort((a, b) => a - b)[20]!
}

/** Zero-one losses of both models; the challenger's mean is higher by `effect`. */
function pairs(random: Random, rows: number, effect: number): [Float64Array, Float64Array] {
  const champion = new Float64Array(rows)
  const challenger = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    const u = random.next()
    if (u < DISCORDANT / 2) champion[i] = 1
    else if (u < DISCORDANT + effect) challenger[i] = 1
  }
  return [champion, challenger]
}

/** Thirty days of 200 rows, in which the difference of a day is mostly the day's. */
function days(seed: string, blocks: boolean): PairedVerdict['kind'] {
  const random = createRandom(seed)
  const comparison = createPairedComparison({ alpha: 0.05 })
  for (let day = 0; day < 30; day++) {
    const shift = 0.15 * (2 * random.next() - 1)
    const losses = Array.from({ length: 200 }, () => 0.5 + shift + 0.2 * (random.next() - 0.5))
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / 200
    update(comparison, blocks ? [0.5] : losses.map(() => 0.5), blocks ? [mean] : losses)
    const { kind } = verdict(comparison)
    if (kind !== 'undecided') return kind
  }
  return 'undecided'
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i)
}
