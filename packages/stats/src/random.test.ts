import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatsError } from './error.ts'
import { createRandom, xoshiro128 } from './random.ts'

test('xoshiro128** gives the words of its authors’ C program from the state 1, 2, 3, 4', () => {
  const word = xoshiro128(Uint32Array.of(1, 2, 3, 4))
  const words = Array.from({ length: 10 }, word)
  assert.deepEqual(
    words,
    [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804],
  )
})

test('a fork depends on seed and label, not on what was drawn before it', () => {
  const fresh = createRandom(7)
  const used = createRandom('7')
  used.next()
  assert.equal(fresh.fork('rows').next(), used.fork('rows').next())
  assert.notEqual(fresh.fork('rows').next(), fresh.fork('columns').next())
})

test('uniform numbers stay in [0, 1) with mean one half and variance one twelfth', () => {
  const random = createRandom('uniform')
  const drawn = Array.from({ length: 100_000 }, random.next)
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length
  assert.ok(drawn.every((value) => value >= 0 && value < 1))
  assert.ok(Math.abs(mean - 0.5) < 0.004, `mean ${mean}`)
  assert.ok(Math.abs(variance - 1 / 12) < 0.002, `variance ${variance}`)
})

test('normal numbers have mean zero, variance one and no excess kurtosis', () => {
  const random = createRandom('normal')
  const drawn = Array.from({ length: 100_000 }, random.normal)
  const moment = (power: number) => drawn.reduce((sum, value) => sum + value ** power, 0) / drawn.length
  assert.ok(Math.abs(moment(1)) < 0.015)
  assert.ok(Math.abs(moment(2) - 1) < 0.02)
  assert.ok(Math.abs(moment(4) - 3) < 0.15)
})

test('whole numbers are equally likely, chi-square below its 99.9 % point', () => {
  const random = createRandom('dice')
  const counts = new Array<number>(6).fill(0)
  for (let i = 0; i < 60_000; i++) counts[random.integer(6)]! += 1
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
  assert.ok(chiSquare < 20.5, `chi-square ${chiSquare}`)
  assert.throws(() => random.integer(0), StatsError)
})

test('a shuffle keeps every value, a sample takes each value at most once', () => {
  const random = createRandom('cards')
  const cards = Array.from({ length: 52 }, (_, i) => i)
  assert.deepEqual(
    random.shuffle(cards).sort((a, b) => a - b),
    cards,
  )
  assert.equal(new Set(random.sample(cards, 10)).size, 10)
  assert.equal(random.sample(cards, 99).length, 52)
})
