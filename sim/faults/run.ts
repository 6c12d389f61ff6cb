// Measures the diagnosis on real flights with injected faults: node sim/faults/run.ts [trials per cell] [keep one row in]
import path from 'node:path'
import { buildWorld } from './case.ts'
import { FAULT_TYPES, tryClean, tryFault } from './measure.ts'
import { joinDays, readFlights } from './rows.ts'

const FILE = path.resolve(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet')
const SHARES = [0.15, 0.4, 1]
const trials = Number(process.argv[2] ?? 40)
const keepOneIn = Number(process.argv[3] ?? 10)

// One day of the file is nearly empty; it is no window.
const days = (await readFlights(FILE, keepOneIn)).filter((day) => day.rows > 200)
const world = buildWorld(joinDays(days.slice(0, 31)), days.slice(31))
console.log(`${days.length} days, ${Math.round(days.reduce((sum, day) => sum + day.rows, 0) / days.length)} rows a day`)
const wrong: string[] = []
for (const type of FAULT_TYPES) {
  const cells = SHARES.map((share) => {
    const tried = Array.from({ length: trials }, (_, i) => tryFault(world, type, share, `${type}/${share}/${i}`))
    for (const trial of tried.filter(({ right }) => !right))
      wrong.push(`${trial.type} ${trial.share} ${trial.feature} ${trial.detail}: ${trial.found}`)
    const shareOf = (count: number) => (count / trials).toFixed(2)
    return `${shareOf(tried.filter(({ right }) => right).length)} (${shareOf(tried.filter(({ undoable }) => undoable).length)} undoable)`
  })
  console.log(type.padEnd(20), ...cells)
}
for (const alarms of [[], ['drift:distance', 'drift:origin', 'drift:destination', 'drift:hour']]) {
  const clean = world.days
    .map((_, i) => i)
    .slice(8)
    .map((index) => tryClean(world, index, alarms))
  const falseCauses = clean.filter(({ faults }) => faults.length > 0)
  console.log(
    `clean, ${alarms.length} alarms: ${clean.length} windows, ${falseCauses.length} with a false fault, ${clean.filter(({ shifted }) => shifted).length} with a shift`,
    falseCauses.flatMap(({ faults }) => faults).slice(0, 8),
  )
}
console.log(wrong.slice(0, 60).join('\n'))
