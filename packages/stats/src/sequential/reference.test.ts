import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom } from '../random.ts'
import { fitConcentration } from './concentration.ts'
import { createMonitor, fitReference, type HourBucket, reverseProjection, step } from './index.ts'
import { fitStream } from './stream-reference.ts'
import { tail } from './tolerance.ts'
import { designEffectOfTwins } from './twins.ts'

type Golden = {
  readonly projections: { reference: number[]; guess: number[]; kappa: number; projected: number[] }[]
  readonly concentrations: { bins: number; counts: number[]; expected: number[]; concentration: number }[]
  readonly tails: [share: number, freedom: number, below: number, value: number][]
  readonly effects: { bins: number; counts: number[]; half: number[]; effect: number }[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/sequential.json', import.meta.url), 'utf8'))

test('the projection is the one a general optimiser finds', () => {
  for (const { reference, guess, kappa, projected } of golden.projections) {
    const found = reverseProjection(reference, guess, kappa).projected
    for (const [j, share] of projected.entries()) close(found[j]!, share, 2e-3)
  }
})

test('the concentration is the one of greatest Dirichlet-multinomial likelihood', () => {
  for (const { bins, counts, expected, concentration } of golden.concentrations) {
    const rows = Float64Array.from({ length: counts.length / bins }, (_, b) =>
      counts.slice(b * bins, (b + 1) * bins).reduce((sum, n) => sum + n, 0),
    )
    const fitted = fitConcentration({
      bins,
      rows,
      counts: Float64Array.from(counts),
      expected: Float64Array.from(expected),
    })
    close(fitted, concentration, 0.02)
  }
})

test("tails of Fisher's F are SciPy's", () => {
  for (const [share, freedom, below, value] of golden.tails) close(tail(share, freedom, below), value, 1e-6)
})

test('the design effect of twins is the two-sample chi-square per degree of freedom', () => {
  for (const { bins, counts, half, effect } of golden.effects) {
    const found = designEffectOfTwins(Float64Array.from(counts), Float64Array.from(half), bins)
    if (effect > 1.2) close(found, effect, 1e-9)
    else assert.equal(found, 1)
  }
})

test('a season of the day is learnt and not mistaken for wander', () => {
  const seasonal = fitted(hours(28 * 24, (hour) => 0.5 + 0.2 * Math.sin((2 * Math.PI * hour) / 24)))
  assert.notEqual(seasonal.level, 'constant')
  assert.ok(kappaOf(seasonal) < 0.003)
  const flat = fitted(hours(28 * 24, () => 0.5))
  assert.ok(
    flat.cells.every((share) => Math.abs(share - 0.5) < 0.01),
    'cells without a season stay at their parent',
  )
})

test('a day of the week that is unlike the others needs the hour of the week', () => {
  const { level } = fitted(hours(42 * 24, (hour) => (Math.floor(hour / 24) % 7 === 2 ? 0.7 : 0.5)))
  assert.equal(level, 'hour-of-week')
})

test('wander of the buckets widens the tolerance in proportion to its variance', () => {
  const kappa = [0.1, 0.2].map((sd) => {
    const random = createRandom(`wander ${sd}`)
    const wandering = fitted(hours(42 * 24, () => 1 / (1 + Math.exp(sd * random.normal()))))
    return kappaOf(wandering)
  })
  close(kappa[1]! / kappa[0]!, 4, 0.25)
})

test('streams that wander alike learn from each other how far, and a steady one among them stays steady', () => {
  const names = [...Array(12).keys()]
  const draws = names.map((i) => createRandom(`family ${i}`))
  const history = Array.from({ length: 14 * 24 }, (_, hour) => ({
    hour,
    counts: names.map((i) => {
      const share = 1 / (1 + Math.exp(i === 0 ? 0 : 0.15 * draws[i]!.normal()))
      return [poisson(draws[i]!, 500 * share), poisson(draws[i]!, 500 * (1 - share))]
    }),
  }))
  const streams = names.map((i) => ({ name: `${i}`, bins: 2 }))
  const together = fitReference(streams, history).fitted.map(kappaOfFitted)
  const alone = names.map((i) => {
    const own = history.map(({ hour, counts }) => ({ hour, counts: [counts[i]!] }))
    return kappaOfFitted(fitReference([streams[i]!], own).fitted[0]!)
  })
  const spread = (of: number[]) => Math.max(...of.slice(1)) / Math.min(...of.slice(1))
  assert.ok(spread(together) < 1 + (spread(alone) - 1) / 2, `${spread(together)}, alone ${spread(alone)}`)
  assert.equal(together[0], alone[0])
})

test('five rows for every one are known from the twins, and the tolerance is that of independent rows', () => {
  const random = createRandom('clumps')
  const history = Array.from({ length: 28 * 24 }, (_, hour) => {
    const [a, b] = [0, 1].map(() => [0.3, 0.7].map((share) => 5 * poisson(random, 50 * share)))
    return { hour, counts: [a!.map((n, j) => n + b![j]!)], twins: [a!] }
  })
  const stream = fitReference([{ name: 'clumps', bins: 2 }], history).fitted[0]!
  assert.ok(stream.kind === 'fitted')
  close(stream.designEffect, 5, 0.1)
  assert.ok(kappaOf(stream) < 0.004)
})

test('shorter references fall back to coarser seasons and say so', () => {
  const limits = (days: number) => {
    const stream = fitStreamOf(hours(days * 24, () => 0.5))
    return stream.kind === 'fitted' ? stream.limits : [stream.reason]
  }
  assert.deepEqual(limits(28), [])
  assert.deepEqual(limits(9), ['9.0 days of reference: no season of the week'])
  assert.deepEqual(limits(2), ['2.0 days of reference: no season at all', 'no tolerance for 24 h: 2 buckets of 8'])
  assert.deepEqual(limits(0.25), ['too-few-buckets'])
})

test('little traffic: buckets grow until they hold rows enough', () => {
  const thin = fitStreamOf(hours(42 * 24, () => 0.5, 20))
  assert.ok(thin.kind === 'fitted')
  const buckets = thin.tolerances.map((tolerance) => (tolerance.kind === 'fitted' ? tolerance.buckets : 0))
  // 300 rows at 20 an hour are 15 hours or more, and a day for the daily scale.
  assert.ok(buckets[0]! <= 67 && buckets[0]! > 50, `${buckets}`)
  assert.equal(buckets[2], 42)
})

test('rows in a bin the reference never saw are improbable, not impossible, and are found', () => {
  const history = hours(28 * 24, () => 0.5).map(({ hour, counts }) => ({
    hour,
    counts: [[...Array.from(counts[0]!), 0]],
  }))
  const monitor = createMonitor(fitReference([{ name: 'x', bins: 3 }], history))
  const alarms = [0, 1, 2, 3, 4, 5].flatMap((t) => step(monitor, { hour: 672 + t, counts: [[245, 245, 10]] }).alarms)
  assert.ok(alarms.length === 1 && alarms[0]!.hour <= 676, `${alarms[0]?.hour}`)
})

test('whatever the counts, nothing that comes out is NaN or infinite', () => {
  const bins = 4
  const counts = fc.array(
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 1e9 })),
    {
      minLength: bins,
      maxLength: bins,
    },
  )
  const history = fc.array(counts, { minLength: 0, maxLength: 400 })
  fc.assert(
    fc.property(history, fc.array(counts, { maxLength: 60 }), (past, present) => {
      const reference = fitReference(
        [{ name: 'any', bins }],
        past.map((of, hour) => ({ hour, counts: [of] })),
      )
      const stream = reference.fitted[0]!
      if (stream.kind === 'fitted') {
        assert.ok(stream.cells.every((share) => share > 0 && share < 1))
        for (const tolerance of stream.tolerances)
          if (tolerance.kind === 'fitted') assert.ok(Number.isFinite(tolerance.kappa) && tolerance.kappa > 0)
      }
      const monitor = createMonitor(reference)
      for (const [t, of] of present.entries()) {
        const { evidence } = step(monitor, { hour: past.length + 3 * t, counts: [of] })
        assert.ok(Number.isFinite(evidence[0]), `${evidence[0]} at ${t}`)
      }
    }),
    { seed: 42, numRuns: 60 },
  )
})

test('hours out of order, and options that are none, are refused', () => {
  const one = { hour: 3, counts: [[1, 1]] }
  assert.throws(() => fitReference([{ name: 'x', bins: 2 }], [one, one]), /hour 3 follows hour 3, expected a later one/)
  assert.throws(() => fitReference([{ name: 'x', bins: 0 }], []), /stream x has 0 bins/)
  assert.throws(() => fitReference([], [], { scales: [5] }), { code: 'STATS_BAD_OPTION' })
  assert.throws(() => createMonitor(fitReference([], []), { bets: [] }), { code: 'STATS_BAD_OPTION' })
})

function fitStreamOf(history: readonly HourBucket[]) {
  return fitStream({
    name: 'x',
    bins: 2,
    hours: history.map(({ hour }) => hour),
    counts: Float64Array.from(history.flatMap(({ counts }) => Array.from(counts[0]!))),
  })
}

function fitted(history: readonly HourBucket[]) {
  const stream = fitStreamOf(history)
  assert.ok(stream.kind === 'fitted')
  return stream
}

function kappaOfFitted(stream: ReturnType<typeof fitReference>['fitted'][number]): number {
  assert.ok(stream.kind === 'fitted')
  return kappaOf(stream)
}

/** Tolerance of the hourly buckets. */
function kappaOf({ tolerances }: { readonly tolerances: ReturnType<typeof fitted>['tolerances'] }): number {
  const hourly = tolerances[0]!
  assert.ok(hourly.kind === 'fitted')
  return hourly.kappa
}

/** Two bins, the first with that share. */
function hours(length: number, shareAt: (hour: number) => number, rows = 500): HourBucket[] {
  const random = createRandom(`hours ${length}`)
  return Array.from({ length }, (_, hour) => {
    const share = shareAt(hour)
    return { hour, counts: [[poisson(random, rows * share), poisson(random, rows * (1 - share))]] }
  })
}

/** Near enough for means of ten and more. */
function poisson(random: { normal(): number }, mean: number): number {
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()))
}

function close(found: number, expected: number, relative: number): void {
  assert.ok(Math.abs(found - expected) <= relative * Math.abs(expected), `${found}, expected ${expected}`)
}
