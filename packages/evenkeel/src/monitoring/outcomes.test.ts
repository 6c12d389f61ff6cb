import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRandom, type Random } from '@evenkeel/stats'
import { DAY_MS } from '../clock.ts'
import { alphaOf } from './budget.ts'
import { judgeOutcomes } from './outcomes.ts'
import type { DaySums } from './outcomes-days.ts'
import { compareDaily } from './paired.ts'
import type { PairedDay, ServedOutcomeRow, VersionReference } from './reference.ts'
import { DEFAULT_MONITOR_SETTINGS } from './settings.ts'

/** A day of a model that says 20 %: the weather of the day moves the share of positives, and so the loss. */
function dayOf(positives: number, rows = 1000, labelled = rows): DaySums {
  const loss = positives * -Math.log(0.2) + (1 - positives) * -Math.log(0.8)
  return {
    rows,
    labelled,
    scoreSum: 0.2 * labelled,
    labelSum: positives * labelled,
    lossSum: loss * labelled,
  }
}
const weather = [0.16, 0.14, 0.18, 0.2, 0.24, 0.26, 0.22]
const reference: VersionReference = {
  version: 1,
  task: 'binary',
  profile: { rows: 0, columns: {} },
  inputs: [],
  score: 'score',
  loss: { value: 0.5, low: 0.49, high: 0.51, rows: 7000 },
  days: weather.map((positives, day) => ({ day: day * DAY_MS, ...dayOf(positives) })),
}
const outcome = (day: number, sums: DaySums): ServedOutcomeRow => ({
  version: 1,
  role: 'champion',
  bucket: day * DAY_MS,
  deciles: [],
  lossSquares: 0,
  errorSum: 0,
  errorSquares: 0,
  ...sums,
})
const judge = (days: readonly DaySums[], held = reference, alpha = 1e-4) =>
  judgeOutcomes({
    reference: held,
    outcomes: days.map((sums, i) => outcome(100 + i, sums)),
    span: { from: (99 + days.length) * DAY_MS, until: (100 + days.length) * DAY_MS },
    settings: DEFAULT_MONITOR_SETTINGS,
    alpha,
  })
const named = (findings: ReturnType<typeof judge>, monitor: string) =>
  findings.find((finding) => finding.monitor === monitor)!

describe('outcomes', () => {
  test('a week of changing weather like the reference is steady', () => {
    const findings = judge([0.15, 0.25, 0.2, 0.17, 0.23, 0.26, 0.21].map((p) => dayOf(p)))
    assert.deepEqual(
      findings.map((finding) => finding.verdict),
      ['steady', 'steady', 'steady'],
    )
  })

  test('a week in which the positives tripled is shifted in all three', () => {
    const findings = judge([0.58, 0.6, 0.62, 0.61, 0.59, 0.6, 0.63].map((p) => dayOf(p)))
    assert.deepEqual(
      findings.map((finding) => finding.verdict),
      ['shifted', 'shifted', 'shifted'],
    )
  })

  test('one catastrophic day is enough for performance', () => {
    const findings = judge([0.2, 0.22, 0.18, 0.95].map((p) => dayOf(p)))
    assert.equal(named(findings, 'performance').verdict, 'shifted')
  })

  test('a window whose labels have not come as they came before is immature, however good it looks', () => {
    const findings = judge([dayOf(0.2), dayOf(0.25), dayOf(0.2), dayOf(0, 1000, 500)])
    assert.deepEqual(
      findings.map((finding) => finding.reason),
      ['immature-labels', 'immature-labels', 'immature-labels'],
    )
    assert.ok(findings.every((finding) => finding.verdict === 'unknown' && finding.value === null))
  })

  test('where a tenth of the rows is ever labelled, a tenth is mature', () => {
    const days = weather.map((positives) => dayOf(positives, 10_000, 1000))
    assert.equal(named(judge(days), 'performance').verdict, 'steady')
  })

  test('two days are too few to compare means of days', () => {
    assert.equal(named(judge([dayOf(0.2), dayOf(0.2)]), 'calibration').reason, 'too-few-days')
  })

  test('without held-out days the held-out figure and the days at hand must do', () => {
    const bare = { ...reference, days: [] }
    const high = [0.58, 0.6, 0.62, 0.61, 0.59, 0.6, 0.63].map((p) => dayOf(p))
    assert.equal(named(judge(high, bare), 'performance').verdict, 'shifted')
    assert.equal(named(judge(high, bare), 'prior').verdict, 'unknown')
    assert.equal(named(judge(high, { ...bare, loss: null }), 'performance').reason, 'no-reference')
  })

  test('days of one weather after another are called shifted no more often than declared', () => {
    const random = createRandom('weather')
    const alpha = 0.02
    let shifted = 0
    for (let trial = 0; trial < 500; trial++) {
      const draw = (n: number) =>
        Array.from({ length: n }, () => dayOf(Math.min(0.9, Math.max(0.02, 0.2 + 0.05 * random.normal()))))
      const held = { ...reference, days: draw(7).map((sums, day) => ({ day, ...sums })) }
      const settings = { ...DEFAULT_MONITOR_SETTINGS, performanceFloor: 0 }
      const outcomes = draw(7).map((sums, i) => outcome(100 + i, sums))
      const span = { from: 106 * DAY_MS, until: 107 * DAY_MS }
      const findings = judgeOutcomes({ reference: held, outcomes, span, settings, alpha })
      shifted += findings.filter((finding) => finding.verdict === 'shifted').length
    }
    // performance compares twice, the other two once: four comparisons
    const declared = 500 * 4 * alpha
    assert.ok(shifted <= declared + 3 * Math.sqrt(declared), `${shifted}, ${declared} declared`)
  })

  /** A year of days that follow one another as weather does: by the share of positives, AR(1) in log odds. */
  function yearOf(seed: string, { phi, shift }: { phi: number; shift: (day: number) => number }): DaySums[] {
    const random = createRandom(seed)
    let weather = random.normal()
    return Array.from({ length: 372 }, (_, day) => {
      weather = phi * weather + Math.sqrt(1 - phi * phi) * random.normal()
      return dayOf(1 / (1 + Math.exp(1.47 - shift(day) - 0.48 * weather)), 2000)
    })
  }
  const judgedOn = (year: readonly DaySums[], day: number) => {
    const held = { ...reference, days: year.slice(0, 7).map((sums, i) => ({ day: i * DAY_MS, ...sums })) }
    const outcomes = year.slice(Math.max(7, day - 55), day + 1)
    const alpha = alphaOf(DEFAULT_MONITOR_SETTINGS, 5)
    return judge(outcomes, held, alpha)
  }
  const firedOf = (verdicts: readonly string[]) =>
    verdicts.filter((each, i) => each === 'shifted' && verdicts[i - 1] === 'shifted' && verdicts[i - 2] !== 'shifted')

  test('years of lasting weather and nothing else raise less than the alarm a year that is declared', (t) => {
    const years = 12
    let alarms = 0
    for (let seed = 0; seed < years; seed++) {
      const year = yearOf(`calm ${seed}`, { phi: 0.6, shift: () => 0 })
      const findings = Array.from({ length: 365 }, (_, i) => judgedOn(year, 7 + i))
      for (const monitor of ['performance', 'calibration', 'prior'])
        alarms += firedOf(findings.map((each) => named(each, monitor).verdict)).length
    }
    t.diagnostic(`${alarms} alarms in ${years} years`)
    assert.ok(alarms <= years, `${alarms} alarms in ${years} years`)
  })

  test('four weeks of predicting twice the truth shift calibration, which a week of such weather does not', () => {
    const half = { phi: 0.6, shift: (day: number) => (day >= 100 ? -0.9 : 0) }
    const year = yearOf('half', half)
    const verdicts = [99, 106, 128].map((day) => named(judgedOn(year, day), 'calibration').verdict)
    assert.deepEqual(verdicts, ['steady', 'steady', 'shifted'])
  })
})

describe('two versions on the same rows', () => {
  const daysOf = (random: Random, { days, lift, spread }: { days: number; lift: number; spread: number }) =>
    Array.from({ length: days }, (_, day): PairedDay => {
      const ofDay = lift + spread * random.normal()
      const champion = Float64Array.from({ length: 400 }, () => 0.5 + 0.2 * random.normal())
      const challenger = champion.map((loss) => loss + ofDay + 0.15 * random.normal())
      const clip = (loss: number) => Math.max(0, loss)
      return { day: day * DAY_MS, champion: champion.map(clip), challenger: challenger.map(clip) }
    })

  test('looking every day, a challenger that is no better is called better no more often than declared', (t) => {
    for (const spread of [0, 0.02]) {
      let wrong = 0
      for (let trial = 0; trial < 200; trial++) {
        const days = daysOf(createRandom(`null ${spread} ${trial}`), { days: 15, lift: 0, spread })
        const looks = days.map((_, i) => compareDaily(days.slice(0, i + 1), { alpha: 0.05, margin: 0 }))
        if (looks.some((look) => look?.kind === 'better')) wrong++
      }
      t.diagnostic(`${wrong} of 200 with spread ${spread}`)
      assert.ok(wrong <= 200 * 0.05 + 3 * Math.sqrt(10), `${wrong} of 200 with spread ${spread}`)
    }
  })

  test('a challenger that is clearly better is found within two weeks although days differ', () => {
    const days = daysOf(createRandom('better'), { days: 14, lift: -0.04, spread: 0.02 })
    assert.equal(compareDaily(days, { alpha: 0.05, margin: 0 })?.kind, 'better')
    assert.equal(compareDaily(days.slice(0, 2), { alpha: 0.05, margin: 0 }), null)
  })
})
