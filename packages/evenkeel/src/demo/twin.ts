import type { Registry } from '../registry/index.ts'
import { MODEL } from './setup.ts'
import type { FlightRow } from './world.ts'

/** The same model in a world without Evenkeel: nobody retrains it, repairs its inputs or takes back a bad version. */
export interface Twin {
  /** Probability of being late, in the order of the rows, from the rows as they were sent. */
  predict(rows: readonly FlightRow[]): Promise<number[]>
  /** In that world, too, somebody pushes a version by hand; there it stays. */
  replaceWith(version: number): Promise<void>
  release(): Promise<void>
}

export async function createTwin(registry: Registry, project: string, version: number): Promise<Twin> {
  let loaded = await registry.load({ project, model: MODEL, version })
  return {
    async predict(rows) {
      const { width } = loaded
      const inputs = new Float32Array(rows.length * width)
      for (const [index, row] of rows.entries()) loaded.encodeRow({ ...row }, inputs, index * width)
      const scores = await loaded.predict(inputs, rows.length)
      const outputs = scores.length / rows.length
      return rows.map((_, index) => scores[(index + 1) * outputs - 1]!)
    },
    async replaceWith(next) {
      const old = loaded
      loaded = await registry.load({ project, model: MODEL, version: next })
      await old.release()
    },
    release: () => loaded.release(),
  }
}
