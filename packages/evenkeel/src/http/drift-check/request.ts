import { methodByName, methodNames } from '@evenkeel/stats'
import * as z from 'zod'
import { EvenkeelError } from '../../error.ts'
import { excerpt } from './excerpt.ts'

/** Ours, by the name it has beside the methods of the peers. */
export const OWN_METHOD = 'evenkeel'

/** Detectors of river take one value after another and compare no two tables. */
const METHODS = [OWN_METHOD, ...methodNames().filter((name) => methodByName(name).kind === 'window')] as const

const method = z.enum(METHODS)
const cell = z.union([z.number(), z.string(), z.boolean(), z.null()])
const table = z.union([
  z.strictObject({ rows: z.array(z.record(z.string(), cell)).min(1) }),
  z.strictObject({ columns: z.record(z.string(), z.array(cell).min(1)) }),
])

const columnOptions = z.strictObject({
  type: z
    .enum(['number', 'integer', 'boolean', 'category', 'text', 'time'])
    .optional()
    .meta({ description: 'where the type inferred from the reference is wrong' }),
  ignored: z.boolean().optional().meta({ description: 'true leaves the column out' }),
  method: method.optional().meta({ description: 'for this column, instead of the one for all' }),
  threshold: z.number().optional().meta({ description: 'of a peer’s method, instead of the peer’s own' }),
})

const settings = z.strictObject({
  falseAlarms: z.number().gt(0).max(0.5).optional().meta({
    description:
      'probability that any column at all is called shifted when nothing changed; shared out over the columns; default 0.01',
  }),
  minRows: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .meta({ description: 'rows on either side below which a column is unknown; default 50' }),
  floor: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .meta({ description: 'PSI beyond noise, in nats, below which a change is too small to matter; default 0.05' }),
})

/** What a check is asked, as it is described; the tables are read by hand, as millions of cells are. */
export const checkRequest = z
  .strictObject({
    reference: table,
    current: table,
    columns: z.record(z.string(), columnOptions).optional(),
    method: method.optional().meta({ description: `for all columns; default ${OWN_METHOD}` }),
    settings: settings.optional().meta({ description: `of ${OWN_METHOD}; the peers have their own thresholds` }),
  })
  .meta({
    examples: [
      {
        reference: { rows: [{ amount: 12.5, country: 'NO' }] },
        current: { columns: { amount: [99.5, null], country: ['NO', 'SE'] } },
        columns: { country: { method: 'evidently:psi' } },
        settings: { falseAlarms: 0.01, minRows: 50, floor: 0.05 },
      },
    ],
  })

const envelope = z.strictObject({ ...checkRequest.shape, reference: z.unknown(), current: z.unknown() })
export type CheckRequest = z.infer<typeof envelope>
export type ColumnOptions = z.infer<typeof columnOptions>

/** @throws EvenkeelError DRIFT_CHECK_INVALID */
export function readRequest(bytes: Uint8Array): CheckRequest {
  const value = parse(bytes)
  const read = envelope.safeParse(value)
  if (read.success) return read.data
  const issue = read.error.issues[0]!
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path
  const expected =
    issue.code === 'unrecognized_keys'
      ? 'no field of this name'
      : issue.message.replace(/^Invalid (input|option): expected |^Too \w+: expected /, '')
  throw invalid({ field: path.join('.') || 'body', found: describe(at(value, path)), expected })
}

export interface Wrong {
  readonly field: string
  /** Counted from 0, as in the array that was sent. */
  readonly row?: number
  readonly found: string
  readonly expected: string
}

export function invalid({ field, row, found, expected }: Wrong): EvenkeelError {
  const message = `${field}: found ${found}, expected ${expected}`
  return new EvenkeelError('DRIFT_CHECK_INVALID', message, { field, row: row ?? null, found, expected })
}

export function tooLarge({ field, row, found, expected }: Wrong): EvenkeelError {
  const message = `${field}: found ${found}, expected ${expected}; send less, or a sample of the rows`
  return new EvenkeelError('DRIFT_CHECK_TOO_LARGE', message, { field, row: row ?? null, found, expected })
}

export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object')
    return `an object with ${excerpt(Object.keys(value).slice(0, 5).join(', ')) || 'no keys'}`
  return `${typeof value} ${excerpt(JSON.stringify(value) ?? String(value))}`
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw invalid({ field: 'body', found: excerpt((error as Error).message), expected: 'JSON in UTF-8' })
  }
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  )
}
