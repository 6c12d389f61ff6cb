import { Tensor } from 'onnxruntime-node'
import type { RawRow } from '../features/index.ts'
import type { SchemaColumn } from '../ingest/index.ts'

/**
 * Requests travel as float32, which holds neither strings nor large whole numbers. A column of a foreign model therefore
 * takes lanes: a string is its place in a table of strings, a double is the nearest float32 and what is left of it (48 bits,
 * whole numbers to 2^48).
 */
export type LaneKind = 'float' | 'double' | 'whole' | 'flag' | 'string'

export interface ColumnLanes {
  readonly kind: LaneKind
  /** Numbers it takes in a row. */
  readonly width: number
  write(row: RawRow, out: Float32Array, offset: number): void
  /** One value per row out of rows of `width` numbers. */
  read(inputs: Float32Array, rows: number, width: number, offset: number): LaneValues
}

/** Values of a column. Rows whose value is missing where the model knows no missing value are in `unanswerable`. */
export interface LaneValues {
  readonly data: Float64Array | readonly string[]
  readonly unanswerable: readonly number[]
}

/** Distinct strings remembered of a column; those that come after all look the same to the model. */
const MAX_STRINGS = 100_000
const MISSING = 0
const UNREMEMBERED = 1

export function lanesOf(column: SchemaColumn, kind: LaneKind): ColumnLanes {
  return kind === 'string' ? stringLanes(column) : numberLanes(column, kind)
}

function stringLanes({ name, categories }: SchemaColumn): ColumnLanes {
  const strings: string[] = ['', '\u0000unremembered', ...(categories ?? [])]
  const places = new Map(strings.map((text, place) => [text, place]))
  const placeOf = (text: string): number => {
    const known = places.get(text)
    if (known !== undefined) return known
    if (strings.length >= MAX_STRINGS) return UNREMEMBERED
    places.set(text, strings.length)
    return strings.push(text) - 1
  }
  return {
    kind: 'string',
    width: 1,
    write(row, out, offset) {
      const value = row[name]
      out[offset] = value === null || value === undefined ? MISSING : placeOf(String(value))
    },
    read: (inputs, rows, width, offset) => ({
      data: Array.from({ length: rows }, (_, row) => strings[inputs[row * width + offset]!] ?? ''),
      unanswerable: [],
    }),
  }
}

function numberLanes({ name }: SchemaColumn, kind: Exclude<LaneKind, 'string'>): ColumnLanes {
  const width = kind === 'double' || kind === 'whole' ? 2 : 1
  return {
    kind,
    width,
    write(row, out, offset) {
      const value = asNumber(row[name])
      out[offset] = value
      if (width === 2) out[offset + 1] = value - Math.fround(value)
    },
    read(inputs, rows, stride, offset) {
      const data = new Float64Array(rows)
      const unanswerable: number[] = []
      for (let row = 0; row < rows; row++) {
        const place = row * stride + offset
        const value = inputs[place]! + (width === 2 ? inputs[place + 1]! : 0)
        const known = kind === 'float' || kind === 'double' || !Number.isNaN(value)
        if (!known) unanswerable.push(row)
        data[row] = known ? value : 0
      }
      return { data, unanswerable }
    },
  }
}

/** Booleans come as words and are 1 and 0 to a model of numbers. */
function asNumber(value: number | string | null | undefined): number {
  if (typeof value === 'number') return value
  return value === 'true' ? 1 : value === 'false' ? 0 : Number.NaN
}

/** A tensor of the graph's own type. */
export function tensorOf(type: Tensor.Type, data: LaneValues['data'], dims: readonly number[]): Tensor {
  if (!(data instanceof Float64Array)) return new Tensor('string', [...data], dims)
  switch (type) {
    case 'float64':
      return new Tensor('float64', data, dims)
    case 'int64':
      return new Tensor(
        'int64',
        BigInt64Array.from(data, (value) => BigInt(Math.round(value))),
        dims,
      )
    case 'int32':
      return new Tensor('int32', Int32Array.from(data), dims)
    case 'bool':
      return new Tensor('bool', Uint8Array.from(data), dims)
    default:
      return new Tensor('float32', Float32Array.from(data), dims)
  }
}
