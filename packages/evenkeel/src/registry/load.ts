import { createEncoder, type FeatureView, viewOf } from '../features/index.ts'
import type { BlobStore } from '../storage/index.ts'
import { decodeReference, openMatrixGraph } from '../training/index.ts'
import { openForeignGraph } from './graph.ts'
import type { LoadedVersion } from './service.ts'
import type { ModelVersion } from './version.ts'

/** Opens what a version needs to predict: its view or its columns, its graph, its reference. */
export async function loadVersion(
  blobs: BlobStore,
  views: readonly FeatureView[],
  version: ModelVersion,
): Promise<LoadedVersion> {
  const { profile } = decodeReference(await blobs.get(version.reference))
  const bytes = await blobs.get(version.artifact)
  if (version.encoding === null) {
    const graph = await openForeignGraph(bytes, version.inputs, version.task)
    return { version, reference: profile, ...graph }
  }
  const encoder = createEncoder(viewOf(version.encoding, views), version.encoding)
  return { version, reference: profile, ...encoder, ...(await openMatrixGraph(bytes)) }
}
