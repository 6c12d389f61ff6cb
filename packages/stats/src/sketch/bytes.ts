import { StatsError } from '../error.ts'

/** Growing little-endian buffer. Integers are LEB128 varints; `count` spends a varint on a whole number, nine bytes else. */
export type ByteWriter = ReturnType<typeof createWriter>
export type ByteReader = ReturnType<typeof createReader>

export function createWriter() {
  let bytes = new Uint8Array(1024)
  let view = new DataView(bytes.buffer)
  let size = 0
  /** Takes so many bytes at the end, growing when needed, and says where they begin. */
  const room = (more: number): number => {
    if (size + more > bytes.length) {
      const grown = new Uint8Array(Math.max(bytes.length * 2, size + more))
      grown.set(bytes)
      bytes = grown
      view = new DataView(bytes.buffer)
    }
    size += more
    return size - more
  }
  const writer = {
    u8: (x: number) => {
      const at = room(1)
      view.setUint8(at, x)
    },
    u16: (x: number) => {
      const at = room(2)
      view.setUint16(at, x, true)
    },
    u32: (x: number) => {
      const at = room(4)
      view.setUint32(at, x, true)
    },
    f64: (x: number) => {
      const at = room(8)
      view.setFloat64(at, x, true)
    },
    varint: (x: number) => {
      let rest = x
      for (; rest >= 128; rest = Math.floor(rest / 128)) writer.u8((rest % 128) | 128)
      writer.u8(rest)
    },
    raw: (more: Uint8Array) => {
      const from = room(more.length)
      bytes.set(more, from)
    },
    text: (x: string) => {
      const encoded = new TextEncoder().encode(x)
      writer.varint(encoded.length)
      writer.raw(encoded)
    },
    finish: () => bytes.slice(0, size),
  }
  return writer
}

/** Reads what a writer wrote; every read beyond the end is a StatsError, so that a lying length cannot hang or misread. */
export function createReader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let at = 0
  const take = (size: number) => {
    if (size > bytes.length - at) throw corrupt(`it ends at byte ${bytes.length}, expected ${at + size} or more`)
    at += size
    return at - size
  }
  const reader = {
    u8: () => view.getUint8(take(1)),
    u16: () => view.getUint16(take(2), true),
    u32: () => view.getUint32(take(4), true),
    f64: () => view.getFloat64(take(8), true),
    varint: () => {
      let value = 0
      for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
        const byte = reader.u8()
        value += (byte & 127) * scale
        if (byte < 128) {
          if (value > Number.MAX_SAFE_INTEGER) throw corrupt(`the integer before byte ${at} is beyond 2^53`)
          return value
        }
      }
      throw corrupt(`an integer at byte ${at} has no end`)
    },
    /** A number of items to follow, each of at least `itemBytes`: refused when they cannot be there. */
    length: (itemBytes: number) => {
      const length = reader.varint()
      if (length * itemBytes > bytes.length - at) throw corrupt(`${length} items at byte ${at} do not fit in it`)
      return length
    },
    raw: (size: number) => {
      const from = take(size)
      return bytes.slice(from, from + size)
    },
    text: () => {
      const encoded = reader.raw(reader.length(1))
      try {
        return decoder.decode(encoded)
      } catch {
        throw corrupt(`the text before byte ${at} is not UTF-8`)
      }
    },
    left: () => bytes.length - at,
  }
  return reader
}

export function corrupt(why: string): StatsError {
  return new StatsError('STATS_PROFILE_CORRUPT', `the profile is damaged or truncated: ${why}`)
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

/** CRC-32 (ISO 3309), the checksum of the body. */
export function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}
