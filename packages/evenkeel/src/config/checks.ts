import * as z from 'zod'
import type { Check } from '../quality/index.ts'

/** Checks of the gate, as a person writes them beside those that follow from the schema. */

const severity = z.enum(['warn', 'fail'])
const judged = { severity: severity.default('fail') }
const tolerance = {
  mostly: z.number().min(0).max(1).exactOptional(),
  confidence: z.number().min(0.5).max(1).exactOptional(),
}
const column = z.string().min(1)
const bounds = { min: z.number().exactOptional(), max: z.number().exactOptional() }

export const check: z.ZodType<Check, unknown> = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('columns_present'),
    ...judged,
    columns: z.array(column),
    exact: z.boolean().exactOptional(),
  }),
  z.strictObject({ name: z.literal('type'), ...judged, ...tolerance, column }),
  z.strictObject({ name: z.literal('missing_share'), ...judged, ...tolerance, column }),
  z.strictObject({ name: z.literal('range'), ...judged, ...tolerance, column, ...bounds }),
  z.strictObject({ name: z.literal('allowed_values'), ...judged, ...tolerance, column, values: z.array(z.string()) }),
  z.strictObject({ name: z.literal('unique'), ...judged, ...tolerance, column }),
  z.strictObject({ name: z.literal('duplicate_rows'), ...judged, ...tolerance }),
  z.strictObject({ name: z.literal('row_count'), ...judged, ...bounds }),
  z.strictObject({ name: z.literal('freshness'), ...judged, column, maxAgeMs: z.int().min(0) }),
  z.strictObject({
    name: z.literal('change'),
    ...judged,
    column,
    material: z.number().min(0).exactOptional(),
    minRows: z.int().min(1).exactOptional(),
  }),
])
