import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Left in the data directory while `evenkeel up` runs on it, so that other commands know whom to ask. */
const FILE = 'server.json'

export function announce(dataDir: string, address: string): void {
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(path.join(dataDir, FILE), `${JSON.stringify({ address, pid: process.pid })}\n`, { mode: 0o600 })
}

export function withdraw(dataDir: string): void {
  rmSync(path.join(dataDir, FILE), { force: true })
}

/** Where the process that has the data directory listens; null when it does not say. */
export function readAddress(dataDir: string): string | null {
  try {
    const { address } = JSON.parse(readFileSync(path.join(dataDir, FILE), 'utf8')) as { address?: unknown }
    return typeof address === 'string' ? address : null
  } catch {
    return null
  }
}
