import { performance } from 'node:perf_hooks'
import {
  compareProfiles,
  createProfile,
  createRandom,
  decodeProfile,
  encodeProfile,
  freezeProfile,
  mergeProfiles,
  type Profile,
  updateProfile,
} from '../packages/stats/src/index.ts'
import type { BenchOutcome } from './result.ts'

const ROWS = 20_000
const COLUMNS = 10
const ROUNDS = 25

/** Cost of keeping profiles: one core, everything that is on by default. */
export async function run(): Promise<BenchOutcome> {
  const { profile, batch, spec } = world()
  const perValue = undisturbed(() => updateProfile(profile, batch)) / (ROWS * COLUMNS)
  const bytes = encodeProfile(profile)
  const merged = undisturbed(() => mergeProfiles(profile, profile))
  const encoded = undisturbed(() => encodeProfile(profile))
  const decoded = undisturbed(() => decodeProfile(bytes))
  const categorical = categoricalWorld()
  const perCategory = undisturbed(() => updateProfile(categorical.profile, categorical.batch)) / ROWS
  const other = createProfile(spec)
  updateProfile(other, firstRows(batch, ROWS / 2))
  const compared = undisturbed(() => compareProfiles(profile, other))
  const perColumn = (nanoseconds: number) => nanoseconds / COLUMNS / 1000
  const windowed = undisturbed(() => updateProfile(createProfile(spec), firstRows(batch, 1000))) / (1000 * COLUMNS)
  const results = [
    {
      name: 'profile update, numeric',
      unit: 'ns/value',
      value: perValue,
      target: 60,
      limit: 'search of the bin and the hash for distinct values',
    },
    {
      name: 'profile update, numeric, new window of 1,000 rows',
      unit: 'ns/value',
      value: windowed,
      limit: 'a small window sorts every value into its quantile sketch',
    },
    {
      name: 'profile update, categorical',
      unit: 'ns/value',
      value: perCategory,
      limit: 'one map lookup and one hash over the characters',
    },
    {
      name: 'profile compare: PSI, JS, KS, floors, shares',
      unit: 'µs/column',
      value: perColumn(compared),
      limit: 'intervals of the shares; 5 to 40 ms where sparse counts near their floor need the exact one',
    },
    { name: 'profile merge', unit: 'µs/column', value: perColumn(merged), limit: 'allocation of the merged sketches' },
    {
      name: 'profile encode',
      unit: 'µs/column',
      value: perColumn(encoded),
      limit: 'checksum and copy of the registers',
    },
    { name: 'profile decode', unit: 'µs/column', value: perColumn(decoded), limit: 'checksum and allocation' },
    {
      name: 'profile size',
      unit: 'bytes/column',
      value: bytes.length / COLUMNS,
      limit: '1,024 registers for distinct values, sparse while few are set',
    },
  ]
  return { results, tables: [] }
}

function world() {
  const random = createRandom('bench profile')
  const numeric: Record<string, Float64Array> = {}
  for (let c = 0; c < COLUMNS; c++)
    numeric[`x${c}`] = Float64Array.from({ length: ROWS }, () => (c % 2 ? Math.exp(random.normal()) : random.normal()))
  const batch = { rows: ROWS, numeric, categorical: {} }
  const spec = freezeProfile(batch)
  return { batch, spec, profile: createProfile(spec) }
}

function categoricalWorld(): { readonly profile: Profile; readonly batch: Parameters<typeof updateProfile>[1] } {
  const random = createRandom('bench categories')
  const values = Array.from({ length: ROWS }, () => `value-${Math.floor(60 * random.next() ** 2)}`)
  const batch = { rows: ROWS, numeric: {}, categorical: { c: values } }
  return { batch, profile: createProfile(freezeProfile(batch)) }
}

function firstRows(batch: ReturnType<typeof world>['batch'], rows: number) {
  const numeric = Object.fromEntries(
    Object.entries(batch.numeric).map(([name, values]) => [name, values.subarray(0, rows)]),
  )
  return { rows, numeric, categorical: {} }
}

/** Nanoseconds of one call after a warm-up, the fastest tenth of the rounds: other work on the machine only adds. */
function undisturbed(work: () => unknown): number {
  for (let i = 0; i < 5; i++) work()
  const times = Array.from({ length: ROUNDS }, () => {
    const from = performance.now()
    work()
    return (performance.now() - from) * 1e6
  })
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 10)]!
}
