import { exportOnnx, type LearningData, trainBoostedTrees } from '@evenkeel/stats'
import type { Evenkeel } from '../assembly/index.ts'
import type { Flight } from './flights.ts'
import { CULPRIT } from './people.ts'
import { flightView, MODEL } from './setup.ts'
import { rowAsSent } from './world.ts'

/** The wrong question: late by more than 0 minutes, where 15 was meant. Every other flight is. */
const WRONG_MINUTES = 0
const ROUNDS = 40

/**
 * Trains on the wrong label, exactly as the first version was trained otherwise: same features, same encoding. It is
 * registered as what it claims to be, with the first version's papers.
 */
export async function registerBadVersion(
  { registry, blobs, db, config }: Evenkeel,
  flights: readonly Flight[],
): Promise<number> {
  const { project } = config
  const honest = await registry.load({ project, model: MODEL, version: 1 })
  const { task, classes, inputs, encoding, reference, metrics } = honest.version
  const data = wrongData(honest, flights)
  await honest.release()
  const model = trainBoostedTrees(data, { task: 'binary', rounds: ROUNDS, maxDepth: 6, seed: 7 })
  const artifact = await blobs.put(exportOnnx(model, { name: MODEL }))
  const facts = { task, classes, inputs, encoding, artifact, reference, metrics, lineage: null }
  const { version } = await registry.registerVersion({ project, model: MODEL, facts, by: CULPRIT })
  await registry.readVersion(db, { project, model: MODEL, version })
  return version
}

interface RowEncoder {
  readonly width: number
  encodeRow(row: object, out: Float32Array, offset: number): void
}

function wrongData(encoder: RowEncoder, flights: readonly Flight[]): LearningData {
  const { width } = encoder
  const encoded = new Float32Array(flights.length * width)
  for (const [row, flight] of flights.entries()) encoder.encodeRow({ ...rowAsSent(flight) }, encoded, row * width)
  const features = flightView.features.map(({ name, kind }, place) => ({
    name,
    kind,
    values: Float64Array.from(flights, (_, row) => encoded[row * width + place]!),
  }))
  return { features, target: Float64Array.from(flights, (flight) => Number(flight.delay > WRONG_MINUTES)) }
}
