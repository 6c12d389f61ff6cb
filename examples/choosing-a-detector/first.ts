import { compareProfiles, createProfile, createRandom, freezeProfile, updateProfile } from '@evenkeel/stats'

const random = createRandom('orders')
const orders = (rows: number, paid: number) => ({
  rows,
  numeric: {
    amount: Float64Array.from({ length: rows }, () => Math.exp(3 + random.normal())),
    age: Float64Array.from({ length: rows }, () => 40 + 10 * random.normal()),
  },
  categorical: { paid: Array.from({ length: rows }, () => (random.next() < paid ? 'card' : 'invoice')) },
})

const lastMonth = orders(5000, 0.8)
const spec = freezeProfile(lastMonth) // the bins, frozen once
const [reference, today] = [createProfile(spec), createProfile(spec)]
updateProfile(reference, lastMonth)
updateProfile(today, orders(1000, 0.55)) // any number of batches; profiles of replicas merge

for (const found of Object.values(compareProfiles(reference, today))) {
  if (found.kind === 'unknown') console.log(`${found.column}: unknown, ${found.reason}`)
  else
    console.log(
      found.column,
      found.shifted ? 'shifted' : 'steady',
      found.psi.value.toFixed(3),
      found.psi.noiseFloor.toFixed(3),
    )
}
