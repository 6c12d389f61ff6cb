import fc from 'fast-check'

/** One exported function: what it is called with, and how. */
export type Case = {
  readonly draws: fc.Arbitrary<readonly unknown[]>
  readonly call: (...drawn: never[]) => unknown
  readonly allowed: readonly Allowed[]
}

/** Where a number may be NaN or infinite, by contract, and why; the place is what the walk calls it. */
export type Allowed = { readonly at: RegExp; readonly because: string }

type Drawn<A> = { [I in keyof A]: A[I] extends fc.Arbitrary<infer T> ? T : never }

/** A row of the table: arbitraries for the arguments, then the call. */
export function given<const A extends readonly fc.Arbitrary<unknown>[]>(
  draws: A,
  call: (...drawn: Drawn<A> extends readonly unknown[] ? Drawn<A> : never) => unknown,
  ...allowed: Allowed[]
): Case {
  return { draws: fc.tuple(...draws) as fc.Arbitrary<readonly unknown[]>, call: call as Case['call'], allowed }
}

const worst = [Number.NaN, Infinity, -Infinity, -0, 5e-324, -5e-324, 1e308, -1.7e308, 1e-300, 1e154, 1e200]

/** Any double, the worst of them often. */
export const number = fc.oneof(
  fc.constantFrom(...worst),
  fc.double({ min: -50, max: 50, noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
)
const mild = fc.double({ min: -50, max: 50, noNaN: true })

/** Values of a column of any length, in the ways in which columns go wrong. */
export const numbers = fc.oneof(
  fc.array(number, { maxLength: 30 }),
  fc.array(mild, { minLength: 8, maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 60 }),
  fc.tuple(number, fc.nat(30)).map(([value, rows]) => new Array<number>(rows).fill(value)),
  fc.constantFrom<number[]>([], [1], [Number.NaN], [Number.NaN, Number.NaN, Number.NaN], [Infinity, -Infinity]),
)
export const column = numbers.map((values) => Float64Array.from(values))

/** Columns of one length, or nearly always. */
export function columns(width: number, value: fc.Arbitrary<number> = number, most = 40): fc.Arbitrary<Float64Array[]> {
  const all = fc.integer({ min: 0, max: most }).chain((rows) => {
    const one = fc.oneof(
      fc.array(value, { minLength: rows, maxLength: rows }),
      fc.array(mild, { minLength: rows, maxLength: rows }),
      value.map((same) => new Array<number>(rows).fill(same)),
    )
    return fc.array(one, { minLength: width, maxLength: width })
  })
  return fc.tuple(all, fc.nat(19)).map(([values, odd]) => {
    if (odd === 0) values[values.length - 1]?.push(1)
    return values.map((each) => Float64Array.from(each))
  })
}

const words = ['a', 'b', 'c', '', '__proto__', 'constructor', '\u0000invalid', 'NaN']
export const word = fc.oneof(fc.constantFrom(...words), fc.nat(40).map(String))
export const labels: fc.Arbitrary<(string | null)[]> = fc.oneof(
  fc.array(fc.oneof(word, fc.constant(null)), { maxLength: 60 }),
  fc.tuple(fc.oneof(word, fc.constant(null)), fc.nat(20)).map(([value, rows]) => new Array(rows).fill(value)),
)
/** Cells of every type in one column. */
export const cells = fc.oneof(
  numbers,
  labels,
  fc.array(fc.oneof(number, word, fc.boolean(), fc.constant(null), fc.constant(undefined)), { maxLength: 40 }),
)

/** Rows per bin, right or wrong. */
const rows = fc.oneof(fc.nat(30), fc.constantFrom(0, 0, 1e6, 9e15))
const wrongRows = fc.constantFrom(Number.NaN, -1, Infinity, 1e308, 0.5)
export function counts(bins: number): fc.Arbitrary<number[]> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.array(rows, { minLength: bins, maxLength: bins }) },
    { weight: 1, arbitrary: fc.array(fc.oneof(rows, wrongRows), { maxLength: bins + 1 }) },
  )
}

/** Mostly what the option takes, sometimes not. */
export function mostly<T>(...right: T[]): fc.Arbitrary<T | number> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -1, 0, 2.5, Infinity) },
  )
}
export const share = mostly(0.05, 0.5, 0.95, 1, 0, 1e-300, 1 - 1e-16)
export const level = mostly(0.95, 0.5, 0.999)
export const probability = fc.oneof(
  { weight: 400, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  { weight: 100, arbitrary: fc.constantFrom(0, 1, 0.5, 5e-324, 1 - 1e-16) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -0.1, 2, Infinity) },
)
export const bit = fc.oneof(
  { weight: 500, arbitrary: fc.constantFrom(0, 1) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0.5, -1, 2, Infinity) },
)
export const whole = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(-1, 0.5, Number.NaN, Infinity, 1e9))
export const seed = fc.constantFrom(1, 'seed', -3.5)

/** A list of `rows`, the same length for all that share it. */
export function lists<const A extends readonly fc.Arbitrary<unknown>[]>(
  least: number,
  most: number,
  ...each: A
): fc.Arbitrary<{ -readonly [I in keyof A]: A[I] extends fc.Arbitrary<infer T> ? T[] : never }> {
  type Lists = { -readonly [I in keyof A]: A[I] extends fc.Arbitrary<infer T> ? T[] : never }
  const made = fc
    .integer({ min: least, max: most })
    .chain((length) =>
      fc.tuple(
        ...each.map((one) =>
          fc.oneof(
            { weight: 4, arbitrary: fc.array(one, { minLength: length, maxLength: length }) },
            { weight: 1, arbitrary: one.map((same) => new Array<unknown>(length).fill(same)) },
          ),
        ),
      ),
    )
  return fc.tuple(made, fc.nat(24)).map(([values, odd]) => {
    if (odd === 0) (values.at(-1) as unknown[]).pop()
    return values
  }) as unknown as fc.Arbitrary<Lists>
}
