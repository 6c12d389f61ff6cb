import pino, { type DestinationStream } from 'pino'
import { isEvenkeelError } from '../error.ts'
import type { Trouble } from './open.ts'

/** Where the log goes; a terminal gets lines to read, anything else gets JSON to collect. */
export interface LogScreen {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
}

/** Names under which secrets travel in details of errors. */
const SECRETS = ['password', 'key', 'apiKey', 'token', 'secret', 'authorization', 'sha256', 'url']

/** A log of what failed while nobody waited for it. */
export function createTroubleLog(screen: LogScreen): (trouble: Trouble) => void {
  const names = SECRETS.flatMap((name) => [`details.${name}`, `details.*.${name}`])
  const stream: DestinationStream = { write: (line) => void screen.write(screen.isTTY ? readable(line) : line) }
  const log = pino({ base: { pid: process.pid }, redact: names, timestamp: pino.stdTimeFunctions.isoTime }, stream)
  return ({ message, error }) => log.error(describe(error), hideAddresses(message))
}

function describe(error: unknown): object {
  if (!(error instanceof Error)) return { error: hideAddresses(String(error)) }
  const known = isEvenkeelError(error) ? { code: error.code, details: error.details } : { stack: stackOf(error) }
  return { error: hideAddresses(error.message), ...known }
}

function stackOf({ stack = '' }: Error): string {
  return hideAddresses(stack)
}

/** Drivers put the address they were given into their messages, password and all. */
function hideAddresses(text: string): string {
  return text.replaceAll(/(\w+:\/\/)[^\s/@]+@/g, '$1[secret]@')
}

function readable(line: string): string {
  const { time, msg, error, code } = JSON.parse(line) as Readonly<Record<string, string>>
  return `${time?.slice(11, 19)} ${msg}: ${code === undefined ? '' : `${code} `}${error}\n`
}
