import { STATUS_CODES } from 'node:http'
import { type EvenkeelError, isEvenkeelError } from '../error.ts'
import type { Refusal } from '../serving/index.ts'
import { type Dialect, json, type Reply } from './route.ts'

/** What went wrong, before it is put into the words of a protocol. */
export interface Failure {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

export function refusalFailure(refusal: Refusal): Failure {
  switch (refusal.kind) {
    case 'invalid': {
      const { code, message, ...details } = refusal.error
      return { status: 400, code, message, details }
    }
    case 'unknown-model':
      return {
        status: 404,
        code: 'MODEL_UNKNOWN',
        message: `there is no model ${JSON.stringify(refusal.model)} with a champion; list the models at /v1/models`,
      }
    case 'busy': {
      const headers = { 'retry-after': String(refusal.retryAfterSeconds) }
      return { status: 429, code: 'TOO_BUSY', message: refusal.message, headers }
    }
    case 'unavailable':
      return { status: 503, code: refusal.code, message: refusal.message }
  }
}

/** What the HTTP framework says too shortly to act on. */
const FRAMEWORK_WORDS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE:
    'the body is larger than the limit server.bodyLimitBytes; send it in parts, or raise the limit',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'the content type is not known here, expected application/json',
}

/** A thrown error as a failure; one that is not ours says nothing of its inside. */
export function thrownFailure(error: unknown): Failure {
  if (isEvenkeelError(error))
    return { status: statusOf(error), code: error.code, message: error.message, details: error.details }
  const { statusCode: status, code } = error as { statusCode?: unknown; code?: string }
  if (typeof status === 'number' && status >= 400 && status < 500)
    return { status, code: 'REQUEST_INVALID', message: FRAMEWORK_WORDS[code ?? ''] ?? (error as Error).message }
  return { status: 500, code: 'INTERNAL', message: 'the server failed on this request; its log says why' }
}

/** Codes end in what is wrong: the ending gives the status. */
const STATUS_BY_ENDING: readonly (readonly [RegExp, number])[] = [
  [/_(UNKNOWN|NOT_FOUND)$/, 404],
  [/_(MOVED|DIFFERS|DIFFER|NOT_AWAITING|CONFLICT|TAKEN)$/, 409],
  [/_(SELF_APPROVAL|FORBIDDEN)$/, 403],
  [/_(TOO_LARGE|TOO_MANY_ROWS)$/, 413],
  [/_(CANNOT_WRITE|CANNOT_CONNECT|UNAVAILABLE|LOCKED)$/, 503],
]

function statusOf(error: EvenkeelError): number {
  return STATUS_BY_ENDING.find(([ending]) => ending.test(error.code))?.[1] ?? 400
}

export const PROBLEM_TYPE = 'application/problem+json'

export function failureReply(failure: Failure, dialect: Dialect): Reply {
  const body = json(bodyOf(failure, dialect), failure.status)
  const reply = dialect === 'problem' ? { ...body, type: PROBLEM_TYPE } : body
  return failure.headers === undefined ? reply : { ...reply, headers: failure.headers }
}

function bodyOf({ code, message, details, status }: Failure, dialect: Dialect): unknown {
  if (dialect === 'open-inference') return { error: message }
  if (dialect === 'mlflow') return { error_code: mlflowCode(status), message }
  if (dialect === 'problem')
    return { ...details, type: 'about:blank', title: STATUS_CODES[status], status, detail: message, code }
  return { error: { code, message, ...details } }
}

function mlflowCode(status: number): string {
  if (status === 404) return 'RESOURCE_DOES_NOT_EXIST'
  if (status === 429) return 'REQUEST_LIMIT_EXCEEDED'
  if (status === 503) return 'TEMPORARILY_UNAVAILABLE'
  return status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR'
}
