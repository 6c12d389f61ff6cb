import { type Queryable, readMatching } from '../storage/index.ts'

/** Proposed, refused and proposed again: a plan is ruled on at most this often. */
const MAX_RULINGS = 200

/** The event that last said what becomes of a plan: what a decision about it answers. Null when the journal has none. */
export async function readRuling(q: Queryable, project: string, plan: string): Promise<number | null> {
  const types = ['plan.approved', 'plan.awaiting', 'plan.refused'] as const
  const rulings = await readMatching(q, { project, patterns: [{ plan }], types, limit: MAX_RULINGS })
  return rulings.at(-1)?.id ?? null
}

/** The event that started a remedy: what its end is the end of. Null when the journal has none. */
export async function readBeginning(q: Queryable, project: string, remedy: string): Promise<number | null> {
  const [started] = await readMatching(q, { project, patterns: [{ remedy }], types: ['remedy.started'], limit: 1 })
  return started?.id ?? null
}
