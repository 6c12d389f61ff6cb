import { isEvenkeelError } from '../error.ts'

/** 0 done and well · 1 done and not well (shifted, quarantined, failed) · 2 wrong use · 3 could not tell or be done. */
export const EXIT = { well: 0, notWell: 1, usage: 2, couldNot: 3 } as const

/** Codes that say "you asked for something that cannot be": the caller mends the call, nothing else. */
const USAGE = /^(CLI|CONFIG|INIT|INGEST|REPORT)_/

export interface Failure {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly exit: number
}

/** Whatever was thrown, as something to print. A bug shows its first line here and its stack with EVENKEEL_DEBUG. */
export function describeFailure(error: unknown): Failure {
  if (isEvenkeelError(error)) {
    const exit = USAGE.test(error.code) ? EXIT.usage : EXIT.couldNot
    return { code: error.code, message: error.message, details: error.details, exit }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'UNEXPECTED',
    message: `${message}; this is a fault of Evenkeel, please report it with the output of EVENKEEL_DEBUG=1`,
    details: {},
    exit: EXIT.couldNot,
  }
}

/** `message; next step` becomes two lines, the code in front. */
export function formatFailure({ code, message }: Failure): string {
  const [what, ...next] = message.split('; ')
  return [`error ${code}: ${what}`, ...next.map((line) => `  → ${line}`)].join('\n')
}
