import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom, type Random } from '../random.ts'
import type { Figure, KnownFigure } from '../score/index.ts'
import {
  createArrivalTable,
  createRectifier,
  createTrustTest,
  delayCurve,
  isBetterThan,
  judgeMaturity,
  mergeArrivalTables,
  planAudit,
  rectify,
  updateArrivalTable,
  updateTrustTest,
} from './index.ts'

type Golden = {
  readonly delay: {
    readonly durations: number[]
    readonly isThere: boolean[]
    readonly times: number[]
    readonly missing: number[]
    readonly low: number[]
  }
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/estimate.json', import.meta.url), 'utf8'))
const Z = 1.959963984540054

test('an audit draws as many rows as asked for, leans to uncertain ones, and its weights are unbiased', () => {
  const random = createRandom('audit')
  const expected = Float64Array.from({ length: 1000 }, () => 0.5 * random.next() ** 3)
  const truth = expected.reduce((sum, loss) => sum + loss, 0)
  let [sum, uncertain] = [0, 0]
  for (const seed of Array(300).keys()) {
    const { rows, inclusion } = planAudit(expected, { labels: 50, seed })
    assert.ok(Math.abs(rows.length - 50) <= 1)
    rows.forEach((row, i) => {
      sum += expected[row]! / inclusion[i]! / 300
      uncertain += Number(expected[row]! > 0.1) / 300 / 50
    })
  }
  assert.ok(Math.abs(sum / truth - 1) < 0.03, `${sum} of ${truth}`)
  assert.ok(uncertain > expected.filter((loss) => loss > 0.1).length / 1000)
  assert.equal(planAudit([0, 0, 0], { labels: 5, seed: 1 }).rows.length, 3)
})

test('whatever the losses, an audit draws different rows, in order, each with a probability', () => {
  const losses = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 })
  fc.assert(
    fc.property(
      losses,
      fc.nat(60),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(),
      (expected, labels, lean, seed) => {
        const { rows, inclusion } = planAudit(expected, { labels, seed, lean })
        assert.ok(rows.every((row, i) => row < expected.length && (i === 0 || row > rows[i - 1]!)))
        assert.ok(inclusion.every((chance) => chance > 0 && chance <= 1))
        assert.ok(Math.abs(rows.length - Math.min(labels, expected.length)) <= 1)
      },
    ),
    { seed: 19, numRuns: 200 },
  )
})

test('with nothing changed a hundred labels do little harm: the error is a third of that of labels alone', () => {
  const { rectified, labelsOnly, covered, withdrawn } = live('still', { onset: Infinity, change: 0 })
  assert.ok(rectified < 0.4 * labelsOnly, `${rectified} against ${labelsOnly}`)
  assert.ok(covered > 0.93, `${covered}`)
  assert.equal(withdrawn, 0)
})

test('a concept that changes and stays is learnt from the labels of all windows since, and the estimate is withdrawn', () => {
  const { rectified, labelsOnly, covered, withdrawn } = live('changed', { onset: 4, change: 0.1 })
  assert.ok(rectified < 0.7 * labelsOnly, `${rectified} against ${labelsOnly}`)
  assert.ok(covered > 0.88, `${covered}`)
  assert.ok(withdrawn > 0.3, `${withdrawn}`)
})

test('once withdrawn the label-free figure is unknown for concept shift, and the rectified one rests on labels', () => {
  const rectifier = createRectifier()
  const window = {
    expected: new Array(400).fill(0.1),
    labelled: [...Array(400).keys()],
    losses: new Array(400).fill(1),
  }
  const { figure, labelFree, trust } = rectify(rectifier, window)
  assert.equal(trust, 'withdrawn')
  assert.deepEqual(labelFree, { kind: 'unknown', reason: 'concept-shift', rows: 400 })
  assert.equal(known(figure).value, 1)
})

test('a rectifier stored as JSON goes on where it was', () => {
  const random = createRandom('json')
  const [kept, stored] = [createRectifier(), createRectifier()]
  rectify(kept, windowOf(random.fork(1), 0))
  rectify(stored, windowOf(random.fork(1), 0))
  const restored = JSON.parse(JSON.stringify(stored)) as typeof stored
  const next = windowOf(random.fork(2), 0.05)
  assert.deepEqual(rectify(restored, next), rectify(kept, next))
})

test('trust holds for 20,000 labels as expected and is lost within 400 of a change by 15 points', () => {
  const random = createRandom('trust')
  const test = createTrustTest()
  const loss = (share: number, rows: number) => Float64Array.from({ length: rows }, () => Number(random.next() < share))
  assert.ok(updateTrustTest(test, loss(0.2, 20_000), new Float64Array(20_000).fill(0.2)))
  let labels = 0
  while (updateTrustTest(test, loss(0.35, 20), new Float64Array(20).fill(0.2))) labels += 20
  assert.ok(labels < 1500, `${labels}`)
  assert.ok(Math.abs(test.withdrawnSince! - 20_000) < 400, `since ${test.withdrawnSince}`)
})

test('the curve of label delays equals that of SciPy, error included', () => {
  const { durations, isThere, times, missing, low } = golden.delay
  const found = delayCurve(durations, isThere)
  assert.deepEqual(Array.from(found.times), times)
  times.forEach((_, i) => {
    assert.ok(Math.abs(found.missing[i]! - missing[i]!) < 1e-12)
    assert.ok(Math.abs(Math.max(0, found.missing[i]! - Z * found.error[i]!) - low[i]!) < 1e-9)
  })
})

test('where bad labels come late, the share of them is right while the window is young, and never called better', () => {
  const random = createRandom('late')
  const table = createArrivalTable({ edges: Array.from({ length: 21 }, (_, i) => 5 * i) })
  const past = lateRows(random, 20_000, 200)
  updateArrivalTable(table, past)
  let [covered, naive, called] = [0, 0, 0]
  const worlds = 100
  for (let w = 0; w < worlds; w++) {
    const window = lateRows(random, 1000, 20)
    const losses = window.outcomes.map((outcome) => (Number.isNaN(outcome) ? Number.NaN : outcome))
    const verdict = judgeMaturity(table, { ...window, losses })
    assert.equal(verdict.maturity, 'partial')
    const truth = window.truth.reduce((sum, outcome) => sum + outcome, 0) / 1000
    const { low, high } = known(verdict.figure)
    covered += Number(low <= truth && truth <= high)
    const there = losses.filter((loss) => !Number.isNaN(loss))
    naive += Number(there.reduce((sum, loss) => sum + loss, 0) / there.length < 0.25)
    called += Number(isBetterThan(verdict, 0.25) && truth >= 0.25)
  }
  assert.ok(covered / worlds >= 0.92, `covered in ${covered}`)
  assert.ok(naive / worlds > 0.9 && called === 0, `naive ${naive}, called ${called}`)
})

test('a window too young for bad labels is immature, a complete one is mature', () => {
  const table = createArrivalTable({ edges: [0, 10, 20] })
  updateArrivalTable(table, { ages: [30, 30, 30], delays: [1, 1, 15], outcomes: [0, 0, 1] })
  const rows = (age: number, label: number) => ({
    ages: new Array(50).fill(age),
    outcomes: new Array(50).fill(label),
    losses: new Array(50).fill(label),
  })
  assert.equal(judgeMaturity(table, rows(9, 0)).maturity, 'immature')
  const mature = judgeMaturity(table, rows(25, 0))
  assert.deepEqual([mature.maturity, isBetterThan(mature, 0.1)], ['mature', true])
})

test('whatever is missing, a window not mature is better only if it were so with every missing label wrong', () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, 1, Number.NaN))
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), fc.array(row, { maxLength: 60 }), (past, now) => {
      const table = createArrivalTable({ edges: [0, 10, 20, 30] })
      const arrivals = (rows: typeof past) => ({
        ages: rows.map(() => 50),
        delays: rows.map(([delay, outcome]) => (Number.isNaN(outcome) ? Number.NaN : delay)),
        outcomes: rows.map(([, outcome]) => outcome),
      })
      updateArrivalTable(table, arrivals(past))
      const outcomes = now.map(([, outcome]) => outcome)
      const verdict = judgeMaturity(
        table,
        { ages: now.map(([age]) => age), outcomes, losses: outcomes },
        { minLabels: 1 },
      )
      const { figure, bounds, maturity } = verdict
      if (figure.kind === 'known')
        assert.ok(
          bounds.low <= figure.low &&
            figure.low <= figure.value &&
            figure.value <= figure.high &&
            figure.high <= bounds.high,
        )
      const worst = outcomes.filter((outcome) => outcome !== 0).length / Math.max(1, outcomes.length)
      if (maturity !== 'mature' && isBetterThan(verdict, 0.3)) assert.ok(worst < 0.3)
      assert.deepEqual(
        mergeArrivalTables(table, table).arrived,
        table.arrived.map((count) => 2 * count),
      )
    }),
    { seed: 3, numRuns: 200 },
  )
})

test('whatever the labels, a rectified figure is finite and within the range of the loss', () => {
  const rows = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, undefined)), {
    minLength: 1,
    maxLength: 40,
  })
  fc.assert(
    fc.property(fc.array(rows, { minLength: 1, maxLength: 5 }), fc.boolean(), (windows, isShare) => {
      const rectifier = createRectifier({ isShare })
      for (const window of windows) {
        const labelled = window.flatMap(([, loss], i) => (loss === undefined ? [] : [i]))
        const { figure, correction } = rectify(rectifier, {
          expected: window.map(([expected]) => expected),
          labelled,
          losses: labelled.map((i) => window[i]![1]!),
        })
        for (const each of [figure, correction]) {
          assert.ok(
            each.kind === 'known' && [each.low, each.value, each.high].every(Number.isFinite),
            JSON.stringify(each),
          )
          assert.ok(each.low <= each.value && each.value <= each.high)
        }
        assert.ok(known(figure).low >= 0 && known(figure).high <= 1)
      }
    }),
    { seed: 5, numRuns: 25 },
  )
})

test('rows that cannot be are refused by number', () => {
  const refuse = (window: Parameters<typeof rectify>[1], pattern: RegExp) =>
    assert.throws(() => rectify(createRectifier(), window), pattern)
  refuse({ expected: [0.1, 2], labelled: [], losses: [] }, /expected loss 1 of rectify is 2/)
  refuse({ expected: [0.1], labelled: [0, 0], losses: [0, 0] }, /labelled row 1 of rectify is 0/)
  refuse({ expected: [0.1], labelled: [0], losses: [0.5] }, /loss 0 of rectify is 0.5, expected 0 or 1/)
  assert.equal(rectify(createRectifier(), { expected: [], labelled: [], losses: [] }).figure.kind, 'unknown')
})

/** Rows of a window: expected losses, true ones that are `change` more likely, and an audit of 100. */
function windowOf(random: Random, change: number) {
  const expected = Float64Array.from({ length: 2000 }, () => 0.4 * random.next() ** 1.5)
  const truths = expected.map((loss) => Number(random.next() < loss + change))
  const { rows: labelled, inclusion } = planAudit(expected, { labels: 100, seed: random.integer(1e9) })
  return { expected, truths, labelled, inclusion, losses: Array.from(labelled, (row) => truths[row]!) }
}

function live(seed: string, { onset, change }: { readonly onset: number; readonly change: number }) {
  const totals = { rectified: 0, labelsOnly: 0, covered: 0, withdrawn: 0 }
  const [runs, windows] = [8, 12]
  for (let run = 0; run < runs; run++) {
    const random = createRandom(`${seed} ${run}`)
    const rectifier = createRectifier()
    for (let w = 0; w < windows; w++) {
      const window = windowOf(random, w >= onset ? change : 0)
      const truth = window.truths.reduce((sum, loss) => sum + loss, 0) / 2000
      const drawn = random.sample(window.truths, 100).reduce((sum, loss) => sum + loss, 0) / 100
      const { figure, trust } = rectify(rectifier, window)
      const { value, low, high } = known(figure)
      totals.rectified += Math.abs(value - truth) / runs / windows
      totals.labelsOnly += Math.abs(drawn - truth) / runs / windows
      totals.covered += Number(low <= truth && truth <= high) / runs / windows
      totals.withdrawn += Number(trust === 'withdrawn') / runs / windows
    }
  }
  return totals
}

/** Good news after some 5 days, bad after some 25; a quarter are bad. */
function lateRows(random: Random, rows: number, age: number) {
  const truth = Float64Array.from({ length: rows }, () => Number(random.next() < 0.25))
  const delays = truth.map((outcome) => -Math.log1p(-random.next()) * (outcome === 1 ? 25 : 5))
  const ages = new Float64Array(rows).fill(age)
  const isThere = (i: number) => delays[i]! <= age
  return {
    truth,
    ages,
    delays: delays.map((delay, i) => (isThere(i) ? delay : Number.NaN)),
    outcomes: truth.map((outcome, i) => (isThere(i) ? outcome : Number.NaN)),
  }
}

function known(figure: Figure): KnownFigure {
  assert.ok(figure.kind === 'known', JSON.stringify(figure))
  return figure
}
