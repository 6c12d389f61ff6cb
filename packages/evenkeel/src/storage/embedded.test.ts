import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { createDirectoryBlobs, hashBytes, openDatabase } from './index.ts'

function folder(t: { after(done: () => void): void }): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-embedded-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

describe('the embedded database', () => {
  test('a second start on the same folder is refused with the process that holds it', async (t) => {
    const dataDir = folder(t)
    const db = await openDatabase({ dataDir })
    await assert.rejects(openDatabase({ dataDir }), {
      code: 'STORAGE_LOCKED',
      message: new RegExp(`process ${process.pid}`),
    })
    await db.close()
  })

  test('the lock of a process that is no more is taken over', async (t) => {
    const dataDir = folder(t)
    writeFileSync(path.join(dataDir, 'evenkeel.lock'), '999999999\n')
    const db = await openDatabase({ dataDir })
    assert.deepEqual(await db.query('select 1 as one'), [{ one: 1 }])
    await db.close()
  })

  test('a folder that cannot be written is an error that names it', async (t) => {
    const file = path.join(folder(t), 'a-file')
    writeFileSync(file, '')
    await assert.rejects(openDatabase({ dataDir: path.join(file, 'data') }), { code: 'STORAGE_CANNOT_OPEN' })
  })

  test('a server that is not there is an error that shows no password', async () => {
    const url = 'postgres://someone:secret@127.0.0.1:1/nowhere'
    await assert.rejects(openDatabase({ dataDir: '', url }), (error: Error & { code: string }) => {
      return error.code === 'STORAGE_CANNOT_CONNECT' && !error.message.includes('secret')
    })
  })
})

describe('blobs', () => {
  test('bytes are found under their hash, and changed bytes are told', async (t) => {
    const blobs = createDirectoryBlobs(folder(t))
    const bytes = new TextEncoder().encode('even keel')
    const id = await blobs.put(bytes)
    assert.equal(id, hashBytes(bytes))
    assert.deepEqual(new Uint8Array(await blobs.get(id)), bytes)
    writeFileSync(blobs.pathOf(id), 'other bytes')
    await assert.rejects(blobs.get(id), { code: 'BLOB_CORRUPT' })
  })

  test('a name that is not a hash never reaches the file system', async (t) => {
    const blobs = createDirectoryBlobs(folder(t))
    await assert.rejects(async () => blobs.get('../../etc/passwd'), { code: 'BLOB_NAME_INVALID' })
    await assert.rejects(blobs.get('0'.repeat(64)), { code: 'BLOB_NOT_FOUND' })
  })
})
