import type { IncomingHttpHeaders } from 'node:http'
import type * as z from 'zod'

/** A request, as a route sees it. */
export interface Call {
  readonly project: string
  /** Name of the API key that was used; null on a server without keys. */
  readonly caller: string | null
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | undefined>>
  readonly headers: IncomingHttpHeaders
  /** Parsed JSON, already checked where the route gives `body`; a Buffer where the route is `raw`. */
  readonly body: unknown
}

export interface Reply {
  readonly status: number
  /** Default application/json. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** In what shape a client of this route wants its errors: each protocol has its own; `problem` is RFC 9457's document. */
export type Dialect = 'evenkeel' | 'problem' | 'open-inference' | 'mlflow'

/** One line of the API: routing, validation and its description come from here, so that they cannot drift apart. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** With `{name}` for parameters, as in OpenAPI. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly dialect?: Dialect
  /** Answers without a key: health, which tells nothing of the data. */
  readonly open?: boolean
  /** The body is handed on as bytes, whatever its content type. */
  readonly raw?: boolean
  /** Content types of the body; default application/json. */
  readonly accepts?: readonly string[]
  /** Describes the body; a route that checks it itself sets `checksBody`, every other one is checked by it. */
  readonly body?: z.ZodType
  readonly checksBody?: boolean
  readonly query?: z.ZodObject
  readonly answer?: z.ZodType
  handle(call: Call): Promise<Reply> | Reply
}

export function json(body: unknown, status = 200): Reply {
  return { status, body: JSON.stringify(body) }
}
