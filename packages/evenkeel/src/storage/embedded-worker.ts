import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

/** What the thread is told: where the data lies, and where to listen. */
export interface EmbeddedWorkerData {
  readonly dataDir: string
  readonly socketPath: string | null
  readonly maxConnections: number
}

const port = parentPort
if (!port) throw new Error('embedded-worker runs as a worker thread only')
const { dataDir, socketPath, maxConnections } = workerData as EmbeddedWorkerData

const db = await PGlite.create(dataDir)
const server = new PGLiteSocketServer({
  db,
  maxConnections,
  ...(socketPath === null ? { host: '127.0.0.1', port: 0 } : { path: socketPath }),
})
await server.start()
port.postMessage({ kind: 'listening', address: server.getServerConn() })

port.on('message', async (message: { kind: string }) => {
  if (message.kind !== 'stop') return
  await server.stop()
  await db.close()
  port.postMessage({ kind: 'stopped' })
  port.close()
})
