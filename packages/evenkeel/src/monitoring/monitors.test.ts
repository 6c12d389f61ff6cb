import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createProfile, createRandom, freezeProfile, type ProfileBatch, updateProfile } from '@evenkeel/stats'
import { alphaOf, longAlphaOf } from './budget.ts'
import { judgeDrift } from './drift.ts'
import { judgeQuality } from './quality.ts'
import { DEFAULT_MONITOR_SETTINGS } from './settings.ts'
import { judgeVolume } from './volume.ts'

const numbers = (seed: string, rows: number, shift = 0): ProfileBatch => {
  const random = createRandom(seed)
  const x = Float64Array.from({ length: rows }, () => random.normal() + shift)
  const colour = Array.from({ length: rows }, () => `c${Math.floor(40 * random.next() ** 2)}`)
  return { rows, numeric: { x }, categorical: { colour } }
}
const reference = numbers('reference', 20_000)
const spec = freezeProfile(reference)
const profileOf = (batch: ProfileBatch) => {
  const profile = createProfile(spec)
  updateProfile(profile, batch)
  return profile.columns
}
const before = profileOf(reference)
const drift = { monitor: 'drift:x', floor: 0.1, windowFactor: 2, alpha: 1e-4, minRows: 200 }
const judgeX = (batch: ProfileBatch, options = drift) =>
  judgeDrift({ reference: before['x']!, window: profileOf(batch)['x']!, cycle: null, earlier: [] }, options)

describe('drift', () => {
  test('a window below minRows is unknown, never steady', () => {
    const finding = judgeX(numbers('few', 199))
    assert.equal(finding.verdict, 'unknown')
    assert.equal(finding.reason, 'too-few-rows')
    assert.equal(finding.value, null)
  })

  test('a shift of half a standard deviation is shifted in one window of 500 rows', () => {
    assert.equal(judgeX(numbers('moved', 500, 0.5)).verdict, 'shifted')
    assert.equal(judgeX(numbers('same', 500)).verdict, 'steady')
  })

  test('a shift too small for one window is found over the cycle', () => {
    const small = (seed: string, rows: number) => profileOf(numbers(seed, rows, 0.36))['x']!
    const columns = { reference: before['x']!, window: small('day', 2000), earlier: [] }
    assert.equal(judgeDrift({ ...columns, cycle: null }, drift).verdict, 'steady')
    assert.equal(judgeDrift({ ...columns, cycle: small('week', 14_000) }, drift).verdict, 'shifted')
  })

  test('a change that is over does not linger for the rest of the cycle', () => {
    const cycle = profileOf(numbers('mostly moved', 14_000, 0.8))['x']!
    const columns = {
      reference: before['x']!,
      window: profileOf(numbers('calm again', 2000))['x']!,
      cycle,
      earlier: [],
    }
    assert.equal(judgeDrift(columns, drift).verdict, 'steady')
  })

  test('where every single day is unlike the reference, one more such day is ordinary', () => {
    const days = Array.from({ length: 6 }, (_, day) => profileOf(numbers(`${day}`, 500, day % 2 ? 0.9 : -0.9))['x']!)
    const day = (shift: number) => profileOf(numbers('one more', 500, shift))['x']!
    const columns = { reference: before['x']!, cycle: null, earlier: days }
    assert.equal(judgeDrift({ ...columns, window: day(0.9) }, drift).verdict, 'steady')
    assert.equal(judgeDrift({ ...columns, window: day(2) }, drift).verdict, 'shifted')
  })

  test('with nothing changed and no material floor, windows are shifted no more often than declared', () => {
    const options = { ...drift, floor: 0, alpha: 0.01 }
    let shifted = 0
    for (let trial = 0; trial < 200; trial++) {
      const window = profileOf(numbers(`null ${trial}`, 300))
      for (const name of ['x', 'colour']) {
        const finding = judgeDrift(
          { reference: before[name]!, window: window[name]!, cycle: null, earlier: [] },
          options,
        )
        if (finding.verdict === 'shifted') shifted++
      }
    }
    assert.ok(shifted <= 400 * 0.01 + 3 * Math.sqrt(400 * 0.01), `${shifted} of 400, 4 declared`)
  })

  test('the budget is shared by every comparison of every window of the year', () => {
    const alpha = alphaOf(DEFAULT_MONITOR_SETTINGS, 10)
    const long = longAlphaOf(DEFAULT_MONITOR_SETTINGS)
    assert.ok(Math.abs(alpha * 365.25 * (10 * 6 + 9) + 2 * 52 * long - 1) < 1e-9)
  })
})

describe('quality', () => {
  const quality = { monitor: 'quality:colour', alpha: 1e-4, minRows: 200 }
  const spoilt = (share: number, by: string | null) => {
    const batch = numbers('spoilt', 1000)
    const colour = batch.categorical['colour']!.map((value, row) => (row < share * 1000 ? by : value))
    return profileOf({ ...batch, categorical: { colour } })['colour']!
  }

  test('a burst of missing values is shifted, and says which share', () => {
    const finding = judgeQuality({ reference: before['colour']!, window: spoilt(0.15, null) }, quality)
    assert.equal(finding.verdict, 'shifted')
    assert.equal(finding.statistic, 'missing share')
    assert.match(finding.reason, /15.0 % of rows missing, 0.0 % in the reference/)
  })

  test('values the reference never had are a defect of their own', () => {
    const finding = judgeQuality({ reference: before['colour']!, window: spoilt(0.15, 'C1') }, quality)
    assert.equal(finding.statistic, 'unseen share')
    assert.equal(finding.verdict, 'shifted')
  })

  test('a handful of missing values is too few to speak of', () => {
    const finding = judgeQuality({ reference: before['colour']!, window: spoilt(0.01, null) }, quality)
    assert.equal(finding.verdict, 'steady')
  })
})

describe('volume', () => {
  const fourWeeks = Array.from({ length: 28 }, (_, day) => (day % 7 < 2 ? 1700 : 2000))

  test('no rows at all are shifted where rows were usual', () => {
    assert.equal(judgeVolume(0, fourWeeks, 1e-4).verdict, 'shifted')
  })
  test('a quiet weekend is steady', () => {
    assert.equal(judgeVolume(1600, fourWeeks, 1e-4).verdict, 'steady')
  })
  test('without a week of history nothing is usual yet', () => {
    assert.equal(judgeVolume(0, fourWeeks.slice(0, 6), 1e-4).verdict, 'unknown')
  })
  test('a model that never has traffic is not called silent', () => {
    assert.equal(judgeVolume(0, [0, 0, 0, 0, 0, 0, 0, 0], 1e-4).verdict, 'steady')
  })
})
