import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { EvenkeelError } from '../error.ts'

/** A key that may call the API; only its hash is kept. */
export interface ApiKey {
  readonly name: string
  /** SHA-256 of the key, hex. */
  readonly sha256: string
  /** The project the key is for; default `default`. */
  readonly project?: string | undefined
}

/** On every answer; what only matters to a page comes with pages, because headers cost an answer some microseconds. */
export const ANSWER_HEADERS: Readonly<Record<string, string>> = { 'x-content-type-options': 'nosniff' }

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
}

/** @throws EvenkeelError HTTP_KEY_REQUIRED: what others can reach must not be open */
export function checkExposure(host: string, keys: readonly ApiKey[]): void {
  if (keys.length > 0 || isLoopback(host)) return
  throw new EvenkeelError(
    'HTTP_KEY_REQUIRED',
    `refusing to listen on ${host} without an API key, because others can reach it; configure server.apiKeys, or listen on 127.0.0.1`,
    { host },
  )
}

export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}

/** A page elsewhere can make a browser call us under a name that leads to 127.0.0.1; it cannot make it send our own. */
export function isOwnHost(header: string | undefined): boolean {
  if (header === undefined) return false
  return isLoopback(header.replace(/:\d+$/, ''))
}

/** The key of an Authorization header; null when it is none of ours. All are compared, in constant time. */
export function findKey(header: string | undefined, keys: readonly ApiKey[]): ApiKey | null {
  const token = /^Bearer (.+)$/i.exec(header ?? '')?.[1]
  if (token === undefined) return null
  const hash = createHash('sha256').update(token).digest()
  let found: ApiKey | null = null
  for (const key of keys) if (timingSafeEqual(hash, Buffer.from(key.sha256, 'hex'))) found ??= key
  return found
}
