import { readAlertsOf, readIncident } from '../alerting/index.ts'
import { readConclusion } from '../diagnosis/index.ts'
import { readAnswers } from '../remediation/index.ts'
import type { Queryable } from '../storage/index.ts'
import type { Situation } from './message.ts'

/** Everything known of an incident now; null when there is none of that id. */
export async function readSituation(
  q: Queryable,
  {
    project,
    incident,
    baseUrl,
  }: { readonly project: string; readonly incident: string; readonly baseUrl: string | null },
): Promise<Situation | null> {
  const found = await readIncident(q, project, incident)
  if (found === null) return null
  return {
    incident: found,
    alerts: await readAlertsOf(q, project, incident),
    conclusion: await readConclusion(q, project, incident),
    answers: await readAnswers(q, project, incident),
    baseUrl,
  }
}
