import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { conformBatch } from './conform.ts'
import { decodeBatch } from './decode.ts'
import { formatOf } from './format.ts'
import { inferSchema } from './infer.ts'

const folder = process.env['EVENKEEL_SAMPLE_DATA']
const skip = folder === undefined && 'EVENKEEL_SAMPLE_DATA does not name a folder of data files'

test('every file of the data folder is read, gets a schema, and fits it', { skip }, async () => {
  const files = readdirSync(folder!, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const file of files) {
    const format = formatOf({ fileName: file.name })
    if (format === null) continue
    const batch = await decodeBatch(readFileSync(path.join(file.parentPath, file.name)), format)
    const schema = inferSchema(batch)
    const fitted = conformBatch(batch, schema)
    assert.ok(batch.rows > 0, file.name)
    const invalid = Object.values(fitted.columns).reduce((sum, column) => sum + column.invalid.length, 0)
    assert.equal(invalid, 0, file.name)
  }
})
