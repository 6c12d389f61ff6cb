import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { trainReturns } from './train.ts'

test('a view of one’s own trains a model that tells returns from others, and answers for new orders', async (t) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-example-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const { version, rocAuc, predictions } = await trainReturns(dir)
  assert.equal(version, 1)
  assert.ok(rocAuc > 0.65 && rocAuc < 0.95, `${rocAuc}`)
  assert.equal(predictions.length, 60)
  assert.deepEqual(new Set(predictions.map(({ prediction }) => prediction)), new Set(['yes', 'no']))
})
