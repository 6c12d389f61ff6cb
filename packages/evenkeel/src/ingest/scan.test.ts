import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { isEvenkeelError } from '../error.ts'
import type { Batch } from './batch.ts'
import { scanFile } from './scan.ts'

const root = mkdtempSync(path.join(tmpdir(), 'evenkeel-scan-'))
after(() => rmSync(root, { recursive: true, force: true }))

async function pieces(file: string, options = {}): Promise<Batch[]> {
  const found: Batch[] = []
  for await (const piece of scanFile(file, options)) found.push(piece)
  return found
}

const text = ['id;name', ...Array.from({ length: 2_500 }, (_, i) => `${i};"n; ${i % 7}"`)].join('\n')

test('a CSV file is read in pieces, compressed or not', async () => {
  const plain = path.join(root, 'rows.csv')
  const zipped = path.join(root, 'rows.csv.gz')
  writeFileSync(plain, text)
  writeFileSync(zipped, gzipSync(text))
  for (const file of [plain, zipped]) {
    const found = await pieces(file, { batchRows: 1_000 })
    assert.deepEqual(
      found.map((piece) => piece.rows),
      [1_000, 1_000, 500],
    )
    assert.equal(found[2]?.columns['id']?.values[499], '2499')
    assert.equal(found[2]?.columns['name']?.values[499], 'n; 0')
  }
})

test('a file that breaks off or is not there is refused by name', async () => {
  const broken = path.join(root, 'broken.csv.gz')
  writeFileSync(broken, gzipSync(text).subarray(0, 200))
  for (const file of [
    broken,
    path.join(root, 'absent.csv'),
    path.join(root, 'absent.parquet'),
    path.join(root, 'rows.xlsx'),
  ])
    await assert.rejects(pieces(file), (error) => isEvenkeelError(error) && error.message.includes(file))
})

test('three million flights are read from Parquet without holding them', async () => {
  const file = path.join(import.meta.dirname, '../../../../node_modules/vega-datasets/data/flights-3m.parquet')
  let rows = 0
  let largest = 0
  for await (const piece of scanFile(file, { batchRows: 50_000, columns: ['delay'] })) {
    rows += piece.rows
    largest = Math.max(largest, piece.rows)
  }
  assert.equal(rows, 3_000_000)
  assert.ok(largest < 50_000 + 2_048)
})
