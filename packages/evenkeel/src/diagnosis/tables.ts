import type { EventData, Projection, Queryable } from '../storage/index.ts'

/** The last conclusion on each incident, so that alerts it already covers do not wake the investigation again. */
export const diagnosisProjection: Projection = {
  name: 'diagnosis.conclusions',
  tables: ['diagnoses'],
  types: ['diagnosis.concluded'],
  async apply(tx, event) {
    if (event.type !== 'diagnosis.concluded') return
    await tx.query(
      `insert into diagnoses (project, model, incident, diagnosis, event) values ($1, $2, $3, $4, $5)
       on conflict (project, incident) do update set diagnosis = excluded.diagnosis, event = excluded.event`,
      [event.project, event.data.model, event.data.incident, event.data.diagnosis, event.id],
    )
  },
}

/** Journal id of the last conclusion on an incident; 0 before the first. */
export async function lastConclusion(q: Queryable, project: string, incident: string): Promise<number> {
  const [row] = await q.query<{ event: number }>('select event from diagnoses where project = $1 and incident = $2', [
    project,
    incident,
  ])
  return row?.event ?? 0
}

/** The last conclusion on an incident; null before the first. */
export async function readConclusion(
  q: Queryable,
  project: string,
  incident: string,
): Promise<EventData['diagnosis.concluded'] | null> {
  const [row] = await q.query<{ data: EventData['diagnosis.concluded'] }>(
    `select journal.data from diagnoses join journal on journal.id = diagnoses.event
     where diagnoses.project = $1 and diagnoses.incident = $2`,
    [project, incident],
  )
  return row?.data ?? null
}
