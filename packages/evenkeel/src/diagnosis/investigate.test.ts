import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { DAY_MS, HOUR_MS } from '../clock.ts'
import type { CauseType } from '../storage/index.ts'
import type { CaseFile } from './case.ts'
import { investigate } from './index.ts'
import { createCase, createOutcomes, hitColumn, ONSET, type Rows, type Scene } from './testing.ts'

type Hit = (share: number) => NonNullable<Scene['fault']>

const FAULTS: readonly (readonly [name: string, type: CauseType, feature: keyof Rows, hit: Hit])[] = [
  ['numbers go missing', 'missing-burst', 'distance', (share) => hitColumn('distance', share, () => Number.NaN)],
  ['names go missing', 'missing-burst', 'code', (share) => hitColumn('code', share, () => null)],
  [
    'miles become kilometres',
    'unit-change',
    'distance',
    (share) => hitColumn('distance', share, (miles) => miles * 1.609344),
  ],
  [
    'a value is a thousand times as large',
    'unit-change',
    'distance',
    (share) => hitColumn('distance', share, (value) => value * 1000),
  ],
  ['a number is stuck', 'stuck-value', 'distance', (share) => hitColumn('distance', share, () => 577)],
  ['a name is stuck', 'stuck-value', 'code', (share) => hitColumn('code', share, () => 'CAA0')],
  [
    'names are lower-cased',
    'category-renamed',
    'code',
    (share) => hitColumn('code', share, (code) => code?.toLowerCase() ?? null),
  ],
  ['names get a prefix', 'category-renamed', 'code', (share) => hitColumn('code', share, (code) => `eu:${code}`)],
  [
    'one name becomes another',
    'category-renamed',
    'code',
    (share) => hitColumn('code', share, (code) => (code === 'CAA0' ? 'Hub' : code)),
  ],
  ['a name appears that was never seen', 'new-category', 'code', (share) => hitColumn('code', share, () => 'unknown')],
]

const first = (file: CaseFile) => investigate(file).causes[0]
const alarmOf = (feature: string) => ({ alarms: [`drift:${feature}`] })

/** Drops rows of short distance with this probability: another population, and no fault. */
function preferLong(dropped: number): NonNullable<Scene['fault']> {
  return (rows, random) => {
    const kept = [...rows.distance.keys()].filter((row) => rows.distance[row]! > 600 || random.next() > dropped)
    const pick = <T>(values: ArrayLike<T>) => kept.map((row) => values[row]!)
    return {
      distance: Float64Array.from(pick(rows.distance)),
      code: pick(rows.code),
      size: Float64Array.from(pick(rows.size)),
    }
  }
}

describe('an investigation tells what is wrong with the data', () => {
  for (const [name, type, feature, hit] of FAULTS)
    for (const share of [0.4, 1])
      test(`${name} in ${share * 100} % of the rows`, () => {
        const cause = first(createCase({ seed: name, fault: hit(share) }, alarmOf(feature)))
        assert.deepEqual([cause?.type, cause?.features], [type, [feature]])
        assert.ok(cause!.probability > 0.8)
      })

  test('the factor of a unit change is named, and what it is usually called', () => {
    const cause = first(
      createCase({ seed: 1, fault: hitColumn('distance', 1, (value) => value * 1.609344) }, alarmOf('distance')),
    )
    assert.equal(cause?.parameters['factor'], 1.609344)
    assert.match(cause?.words ?? '', /miles became kilometres/)
  })

  test('the mapping of respelled names covers all known names, those not met yet included', () => {
    const cause = first(
      createCase({ seed: 2, fault: hitColumn('code', 1, (code) => code?.toLowerCase() ?? null) }, alarmOf('code')),
    )
    const mapping = cause?.parameters['mapping'] as Readonly<Record<string, string>>
    assert.equal(mapping['caa0'], 'CAA0')
    assert.ok(Object.keys(mapping).length >= 45)
  })

  test('the onset is the hour from which the fault tells the rows better', () => {
    const late = ONSET + 12 * HOUR_MS
    const km = hitColumn('distance', 1, (value) => value * 1.609344)
    const fault: Scene['fault'] = (rows, random, at) => (at >= late ? km(rows, random) : rows)
    assert.equal(first(createCase({ seed: 3, fault }, alarmOf('distance')))?.onset, late)
  })

  test('a fault in one source names that source only', () => {
    const fault = hitColumn('distance', 1, () => Number.NaN)
    const cause = first(
      createCase({ seed: 4, fault, sources: ['north', 'south'], faultySource: 'south' }, alarmOf('distance')),
    )
    assert.deepEqual([cause?.type, cause?.parameters['sources']], ['missing-burst', ['south']])
  })

  test('hours known to be wrong are no yardstick', () => {
    const tainted = [{ source: 'feed', feature: 'distance', from: ONSET - 20 * DAY_MS, until: ONSET }]
    const fault = hitColumn('distance', 1, (value) => value * 1.609344)
    const cause = first(createCase({ seed: 5, fault }, { ...alarmOf('distance'), tainted }))
    assert.deepEqual([cause?.type, cause?.evidence['yardstick']], ['unit-change', 'reference'])
  })
})

describe('an investigation tells change from fault', () => {
  for (const strength of [0.5, 1])
    test(`rows chosen anew by their distance are a shift of the population, strength ${strength}`, () => {
      const fault = preferLong(0.6 * strength)
      const { causes } = investigate(createCase({ seed: strength, fault }, alarmOf('distance')))
      assert.deepEqual(
        causes.map(({ type }) => type),
        ['population-shift'],
      )
      assert.deepEqual(causes[0]?.features, ['distance'])
      assert.equal(causes[0]?.evidence['harm'], 'unknown')
    })

  test('on 60 days with nothing wrong it finds no fault, and a shift on at most one', () => {
    const found = Array.from({ length: 60 }, (_, seed) => investigate(createCase({ seed: `clean/${seed}` })))
    assert.equal(found.filter(({ verdict }) => verdict === 'nothing-wrong').length >= 59, true)
    assert.deepEqual(
      found.flatMap(({ causes }) => causes).filter(({ type }) => type !== 'population-shift'),
      [],
    )
  })

  test('a day with a handful of rows is not enough data', () => {
    assert.equal(investigate(createCase({ seed: 6, rowsPerHour: 10 })).verdict, 'not-enough-data')
  })

  test('many fewer rows than usual are a change of volume', () => {
    const scene = {
      seed: 7,
      daysAfter: 2,
      fault: (rows: Rows): Rows => ({
        distance: rows.distance.slice(0, 120),
        code: rows.code.slice(0, 120),
        size: rows.size.slice(0, 120),
      }),
    }
    const cause = first(createCase(scene, { alarms: ['volume'] }))
    assert.equal(cause?.type, 'volume-change')
    assert.ok(Math.abs(Number(cause?.evidence['ratio']) - 0.3) < 0.02)
  })
})

describe('an investigation tells what is wrong with the model', () => {
  const alarms = ['performance', 'calibration']
  const outcomes = createOutcomes('steady')
  const move = { at: ONSET, from: 1, to: 2, by: 'ann', remedy: null }
  const losses = (seed: number, extra: number) => {
    const random = createRandom(seed)
    return Array.from({ length: 4 }, (_, day) => {
      const rival = Float64Array.from({ length: 500 }, () => -Math.log(0.3 + 0.69 * random.next()))
      return { day: ONSET + day * DAY_MS, rival, own: rival.map((loss) => loss + extra * (0.5 + random.next())) }
    })
  }
  const case_ = (seed: number, over: Partial<CaseFile>) =>
    createCase({ seed, daysAfter: 8 }, { alarms, until: ONSET + 8 * DAY_MS, ...over })

  test('labels that changed at the same scores, with inputs as before, are a change of the concept', () => {
    const cause = first(case_(1, { outcomes: createOutcomes('concept', { shift: 0.25 }) }))
    assert.equal(cause?.type, 'concept-change')
    assert.equal(cause?.evidence['harm'], 'harmed')
  })

  test('four weeks of twice as many positives foretold as came true are a change of the concept, though the loss fell', () => {
    const season = createOutcomes('season', { shift: 0 }).map((hour) => ({ ...hour, labelSum: hour.labelSum * 0.6 }))
    const cause = first(case_(1, { alarms: ['calibration'], outcomes: season }))
    assert.equal(cause?.type, 'concept-change')
    assert.ok(cause!.probability > 0.9)
    assert.deepEqual(investigate(case_(1, { alarms: ['calibration'], outcomes })).causes, [])
  })

  test('losses as ever are no change of the concept, whatever the alarm said', () => {
    assert.deepEqual(investigate(case_(2, { outcomes })).causes, [])
  })

  test('a version that came at the onset and loses on the same rows is a bad one', () => {
    const bad = createOutcomes('bad', { scoreShift: 0.3 })
    const cause = first(
      case_(3, { version: 2, moves: [move], outcomes: bad, rival: { version: 1, days: losses(3, 0.3) } }),
    )
    assert.deepEqual([cause?.type, cause?.parameters], ['bad-version', { version: 2, previous: 1 }])
    assert.ok(cause!.probability > 0.9)
  })

  test('before any label has come, scores that differ between versions on the same rows suffice', () => {
    const silent = createOutcomes('silent', { scoreShift: 0.3, share: (at) => (at < ONSET ? 1 : 0) })
    assert.equal(
      first(case_(4, { alarms: ['version:score'], version: 2, moves: [move], outcomes: silent }))?.type,
      'bad-version',
    )
  })

  test('a version that came at the onset and does as well on the same rows is not to blame for the concept', () => {
    const file = case_(5, {
      version: 2,
      moves: [move],
      outcomes: createOutcomes('concept', { shift: 0.25 }),
      rival: { version: 1, days: losses(5, 0) },
    })
    assert.equal(first(file)?.type, 'concept-change')
  })

  test('other scores alone, with nobody saying that they differ on the same rows, blame no version', () => {
    const silent = createOutcomes('silent', { scoreShift: 0.3, share: (at) => (at < ONSET ? 1 : 0) })
    const file = case_(10, { alarms: ['prediction'], version: 2, moves: [move], outcomes: silent })
    assert.ok(!investigate(file).causes.some(({ type }) => type === 'bad-version'))
  })

  test('a version that a remedy brought is an answer to trouble and no suspect', () => {
    const file = case_(6, {
      version: 2,
      moves: [{ ...move, remedy: 'r1' }],
      outcomes: createOutcomes('bad', { scoreShift: 0.3 }),
    })
    assert.ok(!investigate(file).causes.some(({ type }) => type === 'bad-version'))
  })

  test('figures on few labels are immature, and no improvement or harm', () => {
    const young = createOutcomes('young', { share: (at) => (at < ONSET ? 1 : 0.2) })
    assert.equal(first(case_(7, { outcomes: young, until: ONSET + DAY_MS }))?.type, 'immature-labels')
  })

  test('a fault of the data explains a worse model: the concept is not blamed', () => {
    const fault = hitColumn('distance', 1, (value) => value * 1.609344)
    const file = createCase(
      { seed: 8, daysAfter: 8, fault },
      {
        alarms: ['drift:distance', ...alarms],
        until: ONSET + 8 * DAY_MS,
        outcomes: createOutcomes('hurt', { shift: 0.25 }),
      },
    )
    assert.deepEqual(
      investigate(file).causes.map(({ type }) => type),
      ['unit-change'],
    )
  })

  test('a shift of the population that the losses show is told as harmful', () => {
    const fault = preferLong(0.6)
    const file = createCase(
      { seed: 9, daysAfter: 8, fault },
      {
        alarms: ['drift:distance', ...alarms],
        until: ONSET + 8 * DAY_MS,
        outcomes: createOutcomes('hurt', { shift: 0.25 }),
      },
    )
    const shift = investigate(file).causes.find(({ type }) => type === 'population-shift')
    assert.equal(shift?.evidence['harm'], 'harmed')
  })
})
