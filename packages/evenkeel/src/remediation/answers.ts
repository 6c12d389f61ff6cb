import type { Queryable } from '../storage/index.ts'
import type { Plan } from './plan.ts'
import type { Remedy } from './remedy.ts'
import { selectPlan, selectPlansOfIncident, selectRemediesOfIncident, selectRemedy } from './tables.ts'

/** What was planned and done about one incident, oldest first. */
export interface Answers {
  readonly plans: readonly Plan[]
  readonly remedies: readonly Remedy[]
}

export async function readAnswers(q: Queryable, project: string, incident: string): Promise<Answers> {
  return {
    plans: await selectPlansOfIncident(q, project, incident),
    remedies: await selectRemediesOfIncident(q, project, incident),
  }
}

/** The incident a plan or remedy answers; null when there is none of that id. */
export async function incidentOf(
  q: Queryable,
  project: string,
  of: { readonly plan: string } | { readonly remedy: string },
): Promise<string | null> {
  const found = 'plan' in of ? await selectPlan(q, project, of.plan) : await selectRemedy(q, project, of.remedy)
  return found?.incident ?? null
}
