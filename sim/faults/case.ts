import { createProfile, freezeProfile, type Profile, type ProfileSpec, updateProfile } from '@evenkeel/stats'
import type { CaseFile } from '../../packages/evenkeel/src/diagnosis/index.ts'
import type { Day } from './rows.ts'

const DAY_MS = 86_400_000

export interface World {
  readonly spec: ProfileSpec
  readonly reference: Profile
  readonly days: readonly Day[]
}

/** The first month is the reference, as a version trained on it would have it. */
export function buildWorld(reference: Day, days: readonly Day[]): World {
  const spec = freezeProfile(reference)
  return { spec, reference: profileOf(spec, reference), days }
}

export function profileOf(spec: ProfileSpec, day: Day): Profile {
  const profile = createProfile(spec)
  updateProfile(profile, day)
  return profile
}

/** A case whose alarm is on day `index`: `lookback` days before it, the given days after. */
export function caseOf(
  world: World,
  index: number,
  after: readonly Day[],
  alarms: readonly string[],
  lookback = 7,
): CaseFile {
  const onset = world.days[index]!.at
  const traffic = [...world.days.slice(Math.max(0, index - lookback), index), ...after].map((day) => ({
    at: day.at,
    source: 'feed',
    profile: profileOf(world.spec, day),
  }))
  return {
    model: 'flights',
    version: 1,
    onset: { from: onset - 1, until: onset + 1 },
    until: onset + after.length * DAY_MS,
    alarms,
    reference: {
      version: 1,
      task: 'binary',
      profile: world.reference,
      inputs: Object.keys(world.spec.columns),
      score: 'score',
      loss: null,
      days: [],
    },
    traffic,
    outcomes: [],
    moves: [],
    rival: null,
    tainted: [],
    labelMaturityMs: 2 * DAY_MS,
  }
}
