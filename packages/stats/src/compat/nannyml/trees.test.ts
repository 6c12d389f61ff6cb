import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../random.ts'
import { calculateDomainClassifier, estimateDle, fitDle, fitDomainClassifier, type ResultRow } from './index.ts'
import { close, frameOf, golden, type PeerColumns, type PeerRun } from './testing.ts'

const chunking = { by: 'size', rows: 300 } as const

test('the domain classifier is near 0.5 without drift and above 0.9 with it, in a number and in a category', () => {
  const by200 = { by: 'size', rows: 200 } as const
  const state = fitDomainClassifier(people(1, 400, 0, 'nsw'), { columns: ['income', 'region'], chunking: by200 })
  for (const value of valuesOf(state.reference)) assert.ok(value > 0.35 && value < 0.65, `reference ${value}`)
  const [steady, richer, elsewhere] = [people(2, 200, 0, 'nsw'), people(3, 200, 4, 'nsw'), people(4, 200, 0, 'nxyzvut')]
    .flatMap((frame) => calculateDomainClassifier(state, frame))
    .map(({ figures }) => figures[0]!)
  assert.ok(Math.abs(steady!.value! - 0.5) < 0.12 && !steady!.alert, `steady ${steady!.value}`)
  assert.ok(richer!.value! > 0.9 && richer!.alert, `a number shifted ${richer!.value}`)
  assert.ok(elsewhere!.value! > 0.9 && elsewhere!.alert, `unseen categories ${elsewhere!.value}`)
})

test('direct loss estimation has NannyML’s thresholds, errors and truth, and estimates within 5 % of its LightGBM', () => {
  type Golden = { readonly data: Readonly<Record<'houses' | 'housesNow', PeerColumns>>; readonly dle: PeerRun }
  const { data, dle }: Golden = golden('others')
  const state = fitDle(frameOf(data.houses), {
    columns: ['x'],
    yTrue: 'y',
    yPred: 'guess',
    metrics: ['mae', 'rmse'],
    chunking: { by: 'size', rows: 100 },
  })
  const exact = { sampling_error: 'samplingError', realized: 'realized', upper_threshold: 'upperThreshold' } as const
  for (const [found, peer] of [
    [state.reference, dle.reference],
    [estimateDle(state, frameOf(data.housesNow)), dle.analysis],
  ] as const)
    for (const [metric, properties] of Object.entries(peer.figures))
      for (const [i, { figures }] of found.entries()) {
        const figure = figures.find(({ name }) => name === metric)!
        for (const [theirs, ours] of Object.entries(exact)) {
          const expected = properties[theirs] as number | number[]
          close(figure[ours as 'realized'], Array.isArray(expected) ? expected[i]! : expected, `${metric} ${ours}`)
        }
        close(figure.value, (properties['value'] as number[])[i]!, `${metric} of chunk ${i}`, 0.05)
      }
})

test('direct loss estimation sees a loss that grows with a feature, a missing and an unseen category', () => {
  const random = createRandom('dle')
  const kind = Array.from({ length: 1200 }, () => ['good', 'bad', null][random.integer(3)]!)
  const guess = Float64Array.from(kind, () => 10 * random.next())
  const truth = guess.map((value, row) => value + random.normal() * (kind[row] === 'good' ? 0.1 : 3))
  const options = { columns: ['kind'], yTrue: 'truth', yPred: 'guess', metrics: ['mae'] as const, chunking }
  const state = fitDle({ columns: { kind, guess, truth } }, options)
  const estimate = (category: string | null) =>
    valuesOf(estimateDle(state, { columns: { kind: kind.map(() => category), guess } }))[0]!
  assert.ok(estimate('good') < 0.5 && estimate('bad') > 1.5 && estimate(null) > 1.5)
  assert.ok(Number.isFinite(estimate('never seen')))
})

function people(seed: number, rows: number, shift: number, regions: string) {
  const random = createRandom(seed)
  const income = Float64Array.from({ length: rows }, () => random.normal() + shift)
  return { columns: { income, region: Array.from(income, () => regions[random.integer(regions.length)]!) } }
}

function valuesOf(result: readonly ResultRow[]): readonly number[] {
  return result.map(({ figures }) => figures[0]!.value!)
}
