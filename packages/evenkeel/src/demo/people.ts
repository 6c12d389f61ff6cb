import { DAY_MS, HOUR_MS, type Instant } from '../clock.ts'
import type { Plan } from '../remediation/index.ts'
import type { Client } from './client.ts'
import { MODEL } from './setup.ts'
import type { Twin } from './twin.ts'
import { BAD_VERSION } from './world.ts'

/** What the people of the story need to see and to do; all of it goes through the doors everybody uses. */
export interface Office {
  readonly client: Client
  readonly twin: Twin
  readonly readAwaiting: () => Promise<readonly Plan[]>
  readonly readChampion: () => Promise<number>
  /** Registers the model trained on the wrong label; resolves to its version. */
  readonly registerBadVersion: () => Promise<number>
}

/** The operator looks at what awaits her during the day, never at night. */
const OFFICE_OPENS_MS = 9 * HOUR_MS
const OFFICE_CLOSES_MS = 18 * HOUR_MS
const OPERATOR = 'maria.ops'
export const CULPRIT = 'j.doe'

/**
 * Two scripted people. The operator approves what Evenkeel holds for a person; a colleague pushes a bad version by hand,
 * in Evenkeel's world and in the twin's.
 */
export function createPeople(office: Office): (now: Instant) => Promise<void> {
  let pushed = false
  return async (now) => {
    if (!pushed && now >= BAD_VERSION.span.from) {
      pushed = true
      await pushBadVersion(office)
    }
    if (isOfficeHour(now)) await decideWhatAwaits(office)
  }
}

function isOfficeHour(now: Instant): boolean {
  const hour = now % DAY_MS
  return hour >= OFFICE_OPENS_MS && hour < OFFICE_CLOSES_MS
}

async function pushBadVersion({ client, twin, readChampion, registerBadVersion }: Office): Promise<void> {
  const version = await registerBadVersion()
  await client.moveAlias(MODEL, 'champion', {
    expected: await readChampion(),
    version,
    by: CULPRIT,
    reason: 'new and better, trust me',
  })
  await twin.replaceWith(version)
}

async function decideWhatAwaits({ client, readAwaiting }: Office): Promise<void> {
  for (const plan of await readAwaiting()) {
    await client.approvePlan(plan.id, { by: OPERATOR, reason: 'the mapping is right: upstream changed the case' })
  }
}
