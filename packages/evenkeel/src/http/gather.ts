import type { Socket } from 'node:net'

type Done = (error?: Error | null) => void

interface Chunk {
  chunk: string | Uint8Array
  encoding: BufferEncoding
}

/** Characters gathered at most; beyond it, and while the peer does not read, the writer waits as it does without us. */
const MAX_GATHERED = 64 * 1024

/**
 * Sends what one turn of the event loop writes to a connection in one system call. node:http writes every answer on its own,
 * also those of requests that came in one packet, and the call costs more than making the answer. Corking the socket does
 * not help: the end of every answer uncorks it.
 */
export function gatherWrites(socket: Socket): void {
  const writeOne = socket._write.bind(socket)
  const writeMany = socket._writev!.bind(socket)
  const final = socket._final.bind(socket)
  const destroy = socket._destroy.bind(socket)
  let gathered: Chunk[] = []
  let size = 0
  let scheduled = false
  let underWay = false
  let waiting: Done | null = null
  let ending: Done | null = null

  function gather(chunk: string | Uint8Array, encoding: BufferEncoding): void {
    const last = gathered.at(-1)
    if (last !== undefined && typeof last.chunk === 'string' && typeof chunk === 'string' && last.encoding === encoding)
      last.chunk += chunk
    else gathered.push({ chunk, encoding })
    size += chunk.length
    if (!scheduled && !underWay) {
      scheduled = true
      setImmediate(flush)
    }
  }
  function flush(): void {
    scheduled = false
    if (underWay || gathered.length === 0) return
    const chunks = gathered
    gathered = []
    size = 0
    underWay = true
    if (chunks.length === 1) writeOne(chunks[0]!.chunk, chunks[0]!.encoding, written)
    else writeMany(chunks, written)
  }
  function written(error?: Error | null): void {
    underWay = false
    if (error && waiting === null) socket.destroy(error)
    else if (!error) flush()
    const next = waiting
    waiting = null
    next?.(error)
    if (ending !== null && !underWay && gathered.length === 0) final(ending)
  }
  function wrote(done: Done): void {
    if (underWay || size > MAX_GATHERED) waiting = done
    else done()
  }
  socket._write = (chunk, encoding, done) => {
    gather(chunk, encoding)
    wrote(done)
  }
  socket._writev = (chunks, done) => {
    for (const { chunk, encoding } of chunks) gather(chunk, encoding)
    wrote(done)
  }
  socket._final = (done) => {
    flush()
    if (underWay) ending = done
    else final(done)
  }
  // A server that stops closes idle connections, and one whose last answer is still gathered counts as idle.
  socket._destroy = (error, done) => {
    if (!error) flush()
    destroy(error, done)
  }
}
