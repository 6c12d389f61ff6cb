import * as z from 'zod'
import { EvenkeelError } from '../error.ts'

export const tensorSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)).min(1),
  datatype: z.string(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  data: z.array(z.unknown()).optional(),
})

export type TensorRequest = z.infer<typeof tensorSchema>

export interface OutputTensor {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly data: readonly (number | string)[]
}

type ReadValue = (bytes: Buffer, offset: number) => number | boolean

/** Little-endian, row-major, no padding; 64-bit integers must fit a double exactly, or they would come out as others. */
const READERS: Readonly<Record<string, readonly [size: number, read: ReadValue]>> = {
  BOOL: [1, (bytes, offset) => bytes[offset] !== 0],
  UINT8: [1, (bytes, offset) => bytes.readUInt8(offset)],
  UINT16: [2, (bytes, offset) => bytes.readUInt16LE(offset)],
  UINT32: [4, (bytes, offset) => bytes.readUInt32LE(offset)],
  UINT64: [8, (bytes, offset) => exact(bytes.readBigUInt64LE(offset))],
  INT8: [1, (bytes, offset) => bytes.readInt8(offset)],
  INT16: [2, (bytes, offset) => bytes.readInt16LE(offset)],
  INT32: [4, (bytes, offset) => bytes.readInt32LE(offset)],
  INT64: [8, (bytes, offset) => exact(bytes.readBigInt64LE(offset))],
  FP32: [4, (bytes, offset) => bytes.readFloatLE(offset)],
  FP64: [8, (bytes, offset) => bytes.readDoubleLE(offset)],
}

function exact(value: bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new EvenkeelError(
    'BODY_INVALID',
    `integer ${value} is beyond 2^53, where it cannot be told from its neighbours`,
  )
}

/** The values of one column, NaN as missing; `bytes` is how much of the binary part it took. */
export function decodeTensor(
  tensor: TensorRequest,
  binary: Buffer,
  offset: number,
  isBoolean: boolean,
): { values: unknown[]; bytes: number } {
  const rows = tensor.shape[0]!
  if (tensor.shape.slice(1).some((size) => size !== 1))
    throw new EvenkeelError(
      'BODY_INVALID',
      `input ${tensor.name} has shape [${tensor.shape.join(', ')}], expected [rows] or [rows, 1]`,
    )
  const size = tensor.parameters?.['binary_data_size']
  const { values, bytes } =
    typeof size === 'number'
      ? readBinary(tensor, binary, offset, size)
      : { values: (tensor.data ?? []).flat(Number.POSITIVE_INFINITY), bytes: 0 }
  if (values.length !== rows)
    throw new EvenkeelError('BODY_INVALID', `input ${tensor.name} has ${values.length} values, its shape says ${rows}`)
  return { values: values.map((value) => plain(value, isBoolean)), bytes }
}

/** JSON has no NaN, binary tensors have no null: both mean missing here. */
function plain(value: unknown, isBoolean: boolean): unknown {
  if (typeof value === 'number' && Number.isNaN(value)) return null
  return isBoolean && (value === 0 || value === 1) ? value === 1 : value
}

function readBinary(
  tensor: TensorRequest,
  binary: Buffer,
  offset: number,
  size: number,
): { values: unknown[]; bytes: number } {
  if (!Number.isInteger(size) || size < 0 || offset + size > binary.length)
    throw new EvenkeelError(
      'BODY_INVALID',
      `input ${tensor.name} says ${size} bytes, ${binary.length - offset} are left`,
    )
  const bytes = binary.subarray(offset, offset + size)
  if (tensor.datatype === 'BYTES') return { values: readStrings(tensor.name, bytes), bytes: size }
  const reader = READERS[tensor.datatype]
  if (reader === undefined)
    throw new EvenkeelError(
      'BODY_INVALID',
      `input ${tensor.name} has datatype ${tensor.datatype}, expected BYTES, ${Object.keys(READERS).join(', ')}`,
    )
  const [width, read] = reader
  return { values: Array.from({ length: Math.floor(size / width) }, (_, i) => read(bytes, i * width)), bytes: size }
}

function readStrings(name: string, bytes: Buffer): string[] {
  const strings: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = at + 4 <= bytes.length ? bytes.readUInt32LE(at) : bytes.length
    if (at + 4 + length > bytes.length) throw new EvenkeelError('BODY_INVALID', `input ${name} ends within a string`)
    strings.push(bytes.toString('utf8', at + 4, at + 4 + length))
    at += 4 + length
  }
  return strings
}

export function encodeTensor({ datatype, data }: OutputTensor): Buffer {
  if (datatype === 'FP64') return Buffer.from(Float64Array.from(data as number[]).buffer)
  return Buffer.concat(
    data.map((value) => {
      const text = Buffer.from(String(value))
      const length = Buffer.alloc(4)
      length.writeUInt32LE(text.length)
      return Buffer.concat([length, text])
    }),
  )
}
