import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { askMlflow, askOpenInference, probabilities, rows, serveFraud } from './serve.ts'

test('a model made elsewhere answers over both protocols as it did in Python', async (t) => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-example-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  await serveFraud(dataDir, async (address) => {
    const scores = await askOpenInference(address, rows)
    assert.equal(scores.length, probabilities.length)
    for (const [i, score] of scores.entries())
      assert.ok(Math.abs(score - probabilities[i]!) < 1e-5, `row ${i}: ${score}`)
    const expected = probabilities.map((probability) => (probability >= 0.5 ? 'yes' : 'no'))
    assert.deepEqual(await askMlflow(address, rows), expected)
  })
})
