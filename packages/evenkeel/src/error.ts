/** Facts that help to mend the error; shown by `--json` and in logs, so never a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/**
 * The world failed us: a stable code, and a message that says what, where, found, expected and what to do next.
 * Expected outcomes are values, our own mistakes are assertions; only this one is thrown on purpose.
 */
export class EvenkeelError extends Error {
  readonly code: string
  readonly details: ErrorDetails

  constructor(code: string, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'EvenkeelError'
    this.code = code
    this.details = details
  }
}

/** True when `error` is an EvenkeelError, of this code if one is given. */
export function isEvenkeelError(error: unknown, code?: string): error is EvenkeelError {
  return error instanceof EvenkeelError && (code === undefined || error.code === code)
}
