import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { EvenkeelError } from '../error.ts'

/**
 * What was acknowledged and is not yet in the database: numbered segment files of frames. A frame is one event-loop turn:
 * its length and CRC-32 (uint32, little-endian), then UTF-8 JSON. It is written before any of its rows is answered, so a
 * frame that a kill cut short was never acknowledged: a reader drops it and counts its bytes.
 * A restart begins a new segment, so bytes behind a torn frame are never written.
 */
export interface Spool {
  /** Names this spool among replicas; kept in its folder. */
  readonly id: string
  /** @throws EvenkeelError SPOOL_CANNOT_WRITE; nothing of the frame is left then */
  append(payload: string): void
  /** Frames from `position` on, whole ones only, stopping after about `maxBytes`. */
  read(position: SpoolPosition, maxBytes: number): SpoolRead
  /** Deletes the segments before `position`. */
  forget(position: SpoolPosition): void
  /** Bytes from `position` to the end. */
  bytesFrom(position: SpoolPosition): number
  close(): void
}

export interface SpoolPosition {
  readonly segment: number
  readonly offset: number
}

export interface SpoolRead {
  readonly payloads: readonly string[]
  readonly next: SpoolPosition
  readonly tornBytes: number
}

export interface SpoolOptions {
  readonly dir: string
  readonly segmentBytes: number
  readonly fsync: boolean
  /** A segment number that was in use before: the new one is above it and above all on the disk. */
  readonly after: number
}

const HEADER_BYTES = 8
/** A length beyond this was never written by us, so the frame is torn. */
const MAX_FRAME_BYTES = 256 * 1024 * 1024

interface Segment {
  readonly number: number
  readonly fd: number
  size: number
}

export function openSpool(options: SpoolOptions): Spool {
  const id = readSpoolId(options.dir)
  const fileOf = (segment: number) => path.join(options.dir, `${String(segment).padStart(12, '0')}.spool`)
  const sizes = new Map(listSegments(options.dir).map((segment) => [segment, statSync(fileOf(segment)).size]))
  let current = create(Math.max(options.after, 0, ...sizes.keys()) + 1)
  let broken = false

  function create(number: number): Segment {
    const fd = openSync(fileOf(number), 'wx', 0o600)
    sizes.set(number, 0)
    return { number, fd, size: 0 }
  }
  function rotate(): void {
    const full = current
    current = create(full.number + 1)
    closeSync(full.fd)
    broken = false
  }
  function write(frame: Buffer): void {
    if (broken || current.size >= options.segmentBytes) rotate()
    for (let done = 0; done < frame.length; ) done += writeSync(current.fd, frame, done)
    if (options.fsync) fdatasyncSync(current.fd)
    current.size += frame.length
    sizes.set(current.number, current.size)
  }
  /** After a failed write the segment ends where it was; if even that fails, what follows goes to a new one. */
  function undo(): void {
    try {
      ftruncateSync(current.fd, current.size)
    } catch {
      broken = true
    }
  }
  return {
    id,
    append(payload) {
      try {
        write(frameOf(payload))
      } catch (cause) {
        undo()
        throw cannotWrite(options.dir, cause)
      }
    },
    read: (position, maxBytes) => readFrames({ fileOf, sizes, last: current.number }, position, maxBytes),
    forget(position) {
      for (const segment of [...sizes.keys()].filter(
        (number) => number < position.segment && number !== current.number,
      )) {
        rmSync(fileOf(segment), { force: true })
        sizes.delete(segment)
      }
    },
    bytesFrom(position) {
      let bytes = 0
      for (const [segment, size] of sizes) if (segment >= position.segment) bytes += size
      return Math.max(0, bytes - (sizes.has(position.segment) ? position.offset : 0))
    },
    close: () => closeSync(current.fd),
  }
}

/** The spool's folder keeps its name, so that the database knows how far this one is recorded. */
export function readSpoolId(dir: string): string {
  const file = path.join(dir, 'id')
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

function listSegments(dir: string): number[] {
  return readdirSync(dir)
    .filter((file) => file.endsWith('.spool'))
    .map((file) => Number(file.slice(0, -6)))
    .sort((a, b) => a - b)
}

function frameOf(payload: string): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(payload))
  frame.write(payload, HEADER_BYTES, 'utf8')
  frame.writeUInt32LE(frame.length - HEADER_BYTES, 0)
  frame.writeUInt32LE(crc32(frame.subarray(HEADER_BYTES)), 4)
  return frame
}

function readFrames(
  spool: { fileOf(segment: number): string; sizes: ReadonlyMap<number, number>; last: number },
  position: SpoolPosition,
  maxBytes: number,
): SpoolRead {
  const size = spool.sizes.get(position.segment)
  if (size === undefined) return { payloads: [], next: nextSegment(spool.sizes, position), tornBytes: 0 }
  const bytes = readBytes(spool.fileOf(position.segment), position.offset, size, maxBytes)
  const payloads: string[] = []
  let offset = 0
  for (let length = frameLength(bytes, offset); length !== null; length = frameLength(bytes, offset)) {
    payloads.push(bytes.toString('utf8', offset + HEADER_BYTES, offset + length))
    offset += length
  }
  const next = { segment: position.segment, offset: position.offset + offset }
  if (payloads.length > 0 || position.segment === spool.last) return { payloads, next, tornBytes: 0 }
  return { payloads, next: nextSegment(spool.sizes, position), tornBytes: size - position.offset }
}

/** About `maxBytes` from `offset`, more when the first frame alone is longer. */
function readBytes(file: string, offset: number, size: number, maxBytes: number): Buffer {
  const left = Math.max(0, size - offset)
  if (left === 0) return Buffer.alloc(0)
  const fd = openSync(file, 'r')
  try {
    const header = Buffer.alloc(HEADER_BYTES)
    readSync(fd, header, 0, HEADER_BYTES, offset)
    const first = HEADER_BYTES + Math.min(header.readUInt32LE(0), MAX_FRAME_BYTES)
    const bytes = Buffer.alloc(Math.min(left, Math.max(maxBytes, first)))
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, offset))
  } finally {
    closeSync(fd)
  }
}

/** Length of the whole, sound frame at `offset`, header included; null where there is none. */
function frameLength(bytes: Buffer, offset: number): number | null {
  if (bytes.length - offset < HEADER_BYTES) return null
  const length = bytes.readUInt32LE(offset)
  const end = offset + HEADER_BYTES + length
  if (length > MAX_FRAME_BYTES || end > bytes.length) return null
  return crc32(bytes.subarray(offset + HEADER_BYTES, end)) === bytes.readUInt32LE(offset + 4)
    ? HEADER_BYTES + length
    : null
}

function nextSegment(sizes: ReadonlyMap<number, number>, position: SpoolPosition): SpoolPosition {
  const later = [...sizes.keys()].filter((segment) => segment > position.segment)
  return later.length === 0 ? position : { segment: Math.min(...later), offset: 0 }
}

function cannotWrite(dir: string, cause: unknown): EvenkeelError {
  const found = cause instanceof Error ? cause.message : String(cause)
  return new EvenkeelError(
    'SPOOL_CANNOT_WRITE',
    `cannot write to the spool in ${dir}: ${found}; nothing of this request was kept, free space on the disk and send it again`,
    { dir, found },
    cause,
  )
}
