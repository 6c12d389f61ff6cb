import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { EvenkeelError } from '../error.ts'

/** A blob's name is the SHA-256 of its bytes, in hex: the same bytes are stored once and never change. */
export type BlobId = string

/** Content-addressed bytes: model artifacts, data sets, segments of quarantined rows. */
export interface BlobStore {
  put(bytes: Uint8Array): Promise<BlobId>
  /** @throws EvenkeelError BLOB_NOT_FOUND, BLOB_CORRUPT when the bytes are no longer those of the name */
  get(id: BlobId): Promise<Uint8Array>
  has(id: BlobId): Promise<boolean>
  /** Where a tool that wants a file (DuckDB, a trainer) finds the bytes. */
  pathOf(id: BlobId): string
}

export function hashBytes(bytes: Uint8Array): BlobId {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Blobs in a directory, `ab/cdef…`, two hex digits to a folder. */
export function createDirectoryBlobs(root: string): BlobStore {
  const pathOf = (id: BlobId) => {
    if (!/^[0-9a-f]{64}$/.test(id))
      throw new EvenkeelError('BLOB_NAME_INVALID', `blob name ${JSON.stringify(id)} is not 64 hex digits`, { id })
    return path.join(root, id.slice(0, 2), id.slice(2))
  }
  const has = (id: BlobId) =>
    stat(pathOf(id)).then(
      () => true,
      () => false,
    )
  return {
    pathOf,
    has,
    async put(bytes) {
      const id = hashBytes(bytes)
      if (!(await has(id))) await writeWhole(pathOf(id), bytes)
      return id
    },
    async get(id) {
      const bytes = await readFile(pathOf(id)).catch((cause: unknown) => {
        throw new EvenkeelError(
          'BLOB_NOT_FOUND',
          `blob ${id} is not in ${root}; restore it from a backup of the data directory`,
          { id },
          cause,
        )
      })
      if (hashBytes(bytes) !== id)
        throw new EvenkeelError(
          'BLOB_CORRUPT',
          `blob ${id} in ${root} has other bytes than its name says; restore it from a backup`,
          { id },
        )
      return bytes
    },
  }
}

/** A file appears under its name only when all of it is on the disk, so a kill leaves no half blob. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const part = `${file}.${randomUUID()}.part`
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  try {
    const handle = await open(part, 'wx', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, file)
  } catch (cause) {
    await rm(part, { force: true })
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new EvenkeelError(
      'BLOB_CANNOT_WRITE',
      `cannot write ${bytes.length} bytes to ${path.dirname(file)}: ${found}; check that the disk is not full`,
      { found },
      cause,
    )
  }
}
