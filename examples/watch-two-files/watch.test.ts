import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watch } from './watch.ts'

test('of two files of orders, the amounts and a new channel have shifted, and the ages have not', () => {
  const [amount, age, channel] = watch('reference.csv', 'current.csv')
  assert.match(amount ?? '', /^amount: shifted \(PSI 0\.\d+, chance alone makes less than 0\.\d+\)/)
  assert.match(age ?? '', /^age: steady/)
  assert.match(channel ?? '', /^channel: shifted .*phone from 28 % to 0 %$/)
})

test('a file compared with itself is steady in every column', () => {
  for (const line of watch('reference.csv', 'reference.csv')) assert.match(line, /^\w+: steady/)
})
