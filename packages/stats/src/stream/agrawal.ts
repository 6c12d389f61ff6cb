import type { Random } from '../random.ts'
import type { ConceptSource } from './concepts.ts'

type Applicant = {
  readonly salary: number
  readonly commission: number
  readonly age: number
  readonly education: number
  readonly car: number
  readonly zip: number
  readonly houseValue: number
  readonly houseYears: number
  readonly loan: number
}

/** Nine attributes of loan applicants and the ten rules of who is in group A (label 0). Money in thousands. */
export const AGRAWAL: ConceptSource = {
  categories: [0, 0, 0, 5, 20, 9, 0, 0, 0],
  classes: 2,
  variants: 10,
  draw(variant, random) {
    const one = applicant(random)
    const { salary, commission, age, education, car, zip, houseValue, houseYears, loan } = one
    const features = Float64Array.of(salary, commission, age, education, car, zip, houseValue, houseYears, loan)
    return { features, label: GROUP_A[variant]!(one) ? 0 : 1 }
  },
}

/** The rules of the paper's functions 1 to 10, in its order. */
const GROUP_A: readonly ((one: Applicant) => boolean)[] = [
  ({ age }) => age < 40 || age >= 60,
  (one) => within(one.salary, byAge(one, 50, 75, 25), 50),
  (one) => within(one.education, byAge(one, 0, 1, 2), byAge(one, 1, 2, 2)),
  (one) => {
    const schooled = within(one.education, byAge(one, 0, 1, 2), byAge(one, 1, 2, 2))
    return within(one.salary, schooled ? byAge(one, 25, 50, 50) : byAge(one, 50, 75, 25), 50)
  },
  (one) => {
    const paid = within(one.salary, byAge(one, 50, 75, 25), 50)
    return within(one.loan, paid ? byAge(one, 100, 200, 300) : byAge(one, 200, 300, 100), 200)
  },
  (one) => within(one.salary + one.commission, byAge(one, 50, 75, 25), 50),
  (one) => income(one) - one.loan / 5 - 20 > 0,
  (one) => income(one) - 5 * one.education - 20 > 0,
  (one) => income(one) - 5 * one.education - one.loan / 5 - 10 > 0,
  (one) => income(one) - 5 * one.education + equity(one) / 5 - 10 > 0,
]

function applicant(random: Random): Applicant {
  const salary = 20 + 130 * random.next()
  const zip = random.integer(9)
  return {
    salary,
    commission: salary >= 75 ? 0 : 10 + 65 * random.next(),
    age: 20 + random.integer(61),
    education: random.integer(5),
    car: random.integer(20),
    zip,
    houseValue: (9 - zip) * 100 * (0.5 + random.next()),
    houseYears: 1 + random.integer(30),
    loan: 500 * random.next(),
  }
}

/** For people under 40, under 60, and from 60. */
function byAge({ age }: Applicant, young: number, middle: number, old: number): number {
  return age < 40 ? young : age < 60 ? middle : old
}

function within(value: number, from: number, width: number): boolean {
  return value >= from && value <= from + width
}

/** What is left of the income after tax. */
function income({ salary, commission }: Applicant): number {
  return (2 * (salary + commission)) / 3
}

function equity({ houseValue, houseYears }: Applicant): number {
  return houseYears < 20 ? 0 : (houseValue * (houseYears - 20)) / 10
}
