import { decodeReference, type ModelVersion, SCORE_COLUMN } from '../registry/index.ts'
import type { BlobStore, Queryable } from '../storage/index.ts'
import type { ReadReference, VersionReference } from './reference.ts'

/** References held at once; a version never changes, so one that was read stays right (law 6). */
const MAX_HELD = 64

export interface ReferenceSources {
  readonly blobs: Pick<BlobStore, 'get'>
  readonly readVersion: (
    q: Queryable,
    name: { readonly project: string; readonly model: string; readonly version: number },
  ) => Promise<Pick<ModelVersion, 'task' | 'reference'>>
}

/** Reads references from the registry's blobs and keeps the latest of them. */
export function createReferenceReader({ blobs, readVersion }: ReferenceSources): ReadReference {
  const held = new Map<string, VersionReference>()
  return async (q, name) => {
    const key = JSON.stringify([name.project, name.model, name.version])
    const known = held.get(key)
    if (known !== undefined) return known
    const { task, reference } = await readVersion(q, name)
    const { profile, inputs, loss, days } = decodeReference(await blobs.get(reference))
    if (Object.keys(profile.columns).length === 0) return null
    const read = { version: name.version, task, profile, inputs, score: SCORE_COLUMN, loss, days }
    const [oldest] = held.keys()
    if (held.size >= MAX_HELD && oldest !== undefined) held.delete(oldest)
    held.set(key, read)
    return read
  }
}
