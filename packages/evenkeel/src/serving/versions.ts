import { type Arm, type LoadServable, warmArm } from './arm.ts'

/** Loaded versions, warm, at most `max`. */
export interface Versions {
  /** Loads and warms the version unless it is there; two callers share one load. */
  load(project: string, model: string, version: number): Promise<Arm>
  /** Lets go of the longest unused versions beyond the bound, never of one in `keep`. */
  trim(keep: ReadonlySet<Arm>): Promise<void>
  clear(): Promise<void>
}

export function createVersions(loadServable: LoadServable, max: number): Versions {
  const loaded = new Map<string, Promise<Arm>>()
  const load = (project: string, model: string, version: number): Promise<Arm> => {
    const key = `${project}\n${model}\n${version}`
    const arm = loaded.get(key) ?? loadServable(project, model, version).then(warmArm)
    // Taken out and put back: a Map keeps the order of insertion, so the first key is the longest unused one.
    loaded.delete(key)
    loaded.set(key, arm)
    arm.catch(() => {
      if (loaded.get(key) === arm) loaded.delete(key)
    })
    return arm
  }
  const trim = async (keep: ReadonlySet<Arm>, bound: number) => {
    for (const [key, pending] of [...loaded]) {
      if (loaded.size <= bound) return
      const arm = await pending.catch(() => null)
      if (arm !== null && keep.has(arm)) continue
      loaded.delete(key)
      await arm?.servable.release()
    }
  }
  return { load, trim: (keep) => trim(keep, max), clear: () => trim(new Set(), 0) }
}
