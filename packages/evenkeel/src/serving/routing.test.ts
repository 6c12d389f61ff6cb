import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseRoute, type RoutingState } from './routing.ts'

const entities = Array.from({ length: 20_000 }, (_, i) => `customer ${i}`)

function canary(share: number, challenger = 2): RoutingState {
  return { champion: 1, challenger, stage: 'canary', share }
}

function routed(state: RoutingState): Set<string> {
  return new Set(entities.filter((entity) => chooseRoute('flights', state, entity).version !== state.champion))
}

for (const share of [0.01, 0.1, 0.5])
  test(`a canary of ${share * 100} % answers that share of the entities`, () => {
    const found = routed(canary(share)).size / entities.length
    const deviation = Math.sqrt((share * (1 - share)) / entities.length)
    assert.ok(Math.abs(found - share) < 4 * deviation, `found ${found}`)
  })

test('an entity stays with its arm, and a growing share only adds entities to the challenger', () => {
  const small = routed(canary(0.1))
  const large = routed(canary(0.3))
  assert.deepEqual(routed(canary(0.1)), small)
  assert.deepEqual(
    [...small].filter((entity) => !large.has(entity)),
    [],
  )
})

test('another challenger draws other entities', () => {
  const both = [...routed(canary(0.1))].filter((entity) => routedBy3.has(entity)).length
  assert.ok(both / entities.length < 0.02, `${both} entities are in both canaries`)
})
const routedBy3 = routed(canary(0.1, 3))

test('in shadow the champion answers all, in full the challenger; the other arm scores beside', () => {
  for (const entity of entities.slice(0, 100)) {
    assert.deepEqual(chooseRoute('flights', { ...canary(0.5), stage: 'shadow' }, entity), {
      version: 1,
      role: 'champion',
      shadow: 2,
    })
    assert.deepEqual(chooseRoute('flights', { ...canary(0.5), stage: 'full' }, entity), {
      version: 2,
      role: 'challenger',
      shadow: 1,
    })
  }
})

test('without a challenger nothing scores beside', () => {
  const state = { champion: 4, challenger: null, stage: null, share: 0 }
  assert.deepEqual(chooseRoute('flights', state, 'x'), { version: 4, role: 'champion', shadow: null })
})
