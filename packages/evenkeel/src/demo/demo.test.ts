import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { DAY_MS, HOUR_MS } from '../clock.ts'
import type { AnyEvent } from '../storage/index.ts'
import { readFlights } from './flights.ts'
import { compare, type LedgerEntry } from './ledger.ts'
import { judgeIncidents, judgeSeason } from './outcomes.ts'
import { BROKEN_CATEGORY, createPostbag, END, REPLAY, rowAsSent, START, UNIT_CHANGE } from './world.ts'

const flight = { at: REPLAY, distance: 719, origin: 'ATL', destination: 'ORD', delay: 20 }

describe('the world of the demo', () => {
  test('a sample of the flights is the same every time, in the order of departure, and of the size asked for', async () => {
    const sample = { from: START, until: START + 3 * DAY_MS, size: 5_000, seed: 7 }
    const [first, second] = await Promise.all([readFlights(sample), readFlights(sample)])
    assert.deepEqual(first, second)
    assert.ok(Math.abs(first.length - sample.size) < 0.05 * sample.size, `${first.length} flights`)
    assert.ok(first.every((each, i) => i === 0 || first[i - 1]!.at <= each.at))
  })

  test('faults are in the rows of their span and in no others', () => {
    assert.deepEqual(rowAsSent({ ...flight, at: UNIT_CHANGE.span.from }).distance, 1157)
    assert.equal(rowAsSent({ ...flight, at: BROKEN_CATEGORY.span.from }).destination, 'ord')
    const { at, ...facts } = flight
    assert.deepEqual(rowAsSent(flight), { departure: at, distance: facts.distance, origin: 'ATL', destination: 'ORD' })
    assert.equal(rowAsSent({ ...flight, at: UNIT_CHANGE.span.until }).distance, 719)
  })

  test('a label is delivered a day or more after departure, and once', () => {
    const postbag = createPostbag('labels of a test')
    for (let i = 0; i < 100; i++) postbag.add(flight, `f${i}`)
    assert.deepEqual(postbag.due(flight.at + DAY_MS - 1), [])
    const delivered = [postbag.due(flight.at + 2 * DAY_MS), postbag.due(flight.at + 30 * DAY_MS)].flat()
    assert.equal(new Set(delivered.map((label) => label.id)).size, 100)
    assert.equal(delivered.length, 100)
  })
})

describe('the judgement of the demo', () => {
  const random = createRandom('ledger of a test')
  const entries = (gain: number): LedgerEntry[] =>
    Array.from({ length: 150 * 40 }, (_, i) => {
      const late = random.next() < 0.2
      const at = REPLAY + Math.floor(i / 40) * DAY_MS + (i % 40) * 0.5 * HOUR_MS
      return { at, late, served: late ? 0.2 + gain : 0.2 - gain, twin: 0.2 }
    })

  test('log loss is compared flight by flight, with an interval over days', () => {
    const { servedLoss, twinLoss, gain } = compare(entries(0.05))
    assert.ok(gain !== null && gain.low > 0)
    assert.ok(Math.abs(twinLoss - servedLoss - gain.value) < 1e-9)
  })

  test('a story in which nobody noticed anything is wrong in every incident', () => {
    const outcomes = judgeIncidents([], entries(0))
    assert.deepEqual(
      outcomes.map((outcome) => outcome.wrong.includes('nobody noticed')),
      [true, true, true],
    )
  })

  test('an unhealed season is wrong, and so is blaming a fault where none was injected', () => {
    const cause = {
      type: 'unit-change',
      features: ['distance'],
      probability: 1,
      onset: REPLAY,
      words: '',
      evidence: {},
      parameters: {},
    }
    const blamed = {
      id: 1,
      project: 'default',
      type: 'diagnosis.concluded',
      subject: 'late-flights',
      at: REPLAY + DAY_MS,
      cause: null,
      data: {
        model: 'late-flights',
        diagnosis: 'd',
        incident: 'i',
        version: 1,
        causes: [cause],
        verdict: 'cause-found',
      },
    } as AnyEvent
    const { wrong } = judgeSeason([blamed], entries(0), END)
    assert.deepEqual(wrong, [
      'blamed unit-change distance where nothing was injected',
      'no challenger won against the model of January',
      'the healed model is not better than the frozen one, beyond chance',
    ])
  })
})
