import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { openSpool, type Spool, type SpoolPosition } from './spool.ts'

function folder(t: TestContext): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-spool-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const open = (dir: string, segmentBytes = 1_000_000) => openSpool({ dir, segmentBytes, fsync: false, after: 0 })

/** All frames from the beginning, and the bytes that were dropped as torn. */
function readAll(spool: Spool, from: SpoolPosition = { segment: 0, offset: 0 }) {
  const payloads: string[] = []
  let tornBytes = 0
  for (let position = from; ; ) {
    const read = spool.read(position, 64)
    payloads.push(...read.payloads)
    tornBytes += read.tornBytes
    if (read.payloads.length === 0 && read.next.segment === position.segment)
      return { payloads, tornBytes, end: read.next }
    position = read.next
  }
}

const segments = (dir: string) =>
  readdirSync(dir)
    .filter((file) => file.endsWith('.spool'))
    .sort()

test('frames are read back in order, over segments and after a restart', (t) => {
  const dir = folder(t)
  const frames = Array.from({ length: 50 }, (_, i) => `frame ${i} ${'é'.repeat(i)}`)
  const first = open(dir, 200)
  for (const frame of frames.slice(0, 30)) first.append(frame)
  first.close()
  const second = open(dir, 200)
  for (const frame of frames.slice(30)) second.append(frame)
  assert.deepEqual(readAll(second).payloads, frames)
  assert.equal(second.id, first.id)
  second.close()
})

for (const cut of [1, 7, 8, 9, 20])
  test(`a frame that a kill cut ${cut} bytes short is dropped and counted, and nothing before or after it is lost`, (t) => {
    const dir = folder(t)
    const spool = open(dir)
    spool.append('kept whole')
    spool.append('cut short by a kill')
    spool.close()
    const file = path.join(dir, segments(dir)[0]!)
    const torn = 8 + 19 - cut
    truncateSync(file, statSync(file).size - cut)
    const next = open(dir)
    next.append('after the restart')
    const { payloads, tornBytes } = readAll(next)
    assert.deepEqual(payloads, ['kept whole', 'after the restart'])
    assert.equal(tornBytes, torn)
    next.close()
  })

test('bytes that are no frame end a segment, whatever length they claim', (t) => {
  const dir = folder(t)
  const spool = open(dir)
  spool.append('kept')
  spool.close()
  appendFileSync(path.join(dir, segments(dir)[0]!), Buffer.from([255, 255, 255, 255, 1, 2, 3, 4, 5, 6]))
  const next = open(dir)
  assert.deepEqual(readAll(next), { payloads: ['kept'], tornBytes: 10, end: { segment: 2, offset: 0 } })
  next.close()
})

test('recorded segments are deleted, the one that is written to is not', (t) => {
  const dir = folder(t)
  const spool = open(dir, 100)
  for (let i = 0; i < 20; i++) spool.append(`frame ${i} ${'x'.repeat(40)}`)
  const { end } = readAll(spool)
  assert.equal(spool.bytesFrom(end), 0)
  spool.forget(end)
  assert.equal(segments(dir).length, 1)
  spool.append('one more')
  assert.deepEqual(readAll(spool, end).payloads, ['one more'])
  spool.close()
})

test('a write that fails leaves nothing of its frame, and the next one is whole', (t) => {
  const dir = folder(t)
  const spool = open(dir, 64)
  spool.append('before')
  spool.append('y'.repeat(80))
  // The next segment cannot be made: what stands in its place is a folder that is not ours to open.
  rmSync(dir, { recursive: true })
  assert.throws(() => spool.append('lost'), { code: 'SPOOL_CANNOT_WRITE' })
  spool.close()
})
