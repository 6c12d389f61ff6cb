import { EvenkeelError } from '../../error.ts'

/** Longer than any request should take; a server that hangs must not hang the command line. */
const TIMEOUT_MS = 60_000

/** Requests to a running Evenkeel; answers with its errors as if they had been thrown here. */
export interface Client {
  get<T>(route: string): Promise<T>
  post<T>(route: string, body: string | Uint8Array<ArrayBuffer>, contentType?: string): Promise<T>
}

/** @param key API key of the server, where it asks for one */
export function createClient(address: string, key: string | undefined): Client {
  const call = async <T>(route: string, request: RequestInit): Promise<T> => {
    const headers = {
      ...(request.headers as Record<string, string>),
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    }
    const response = await fetch(`${address}${route}`, {
      ...request,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      throw new EvenkeelError(
        'SERVER_UNREACHABLE',
        `${address} does not answer; start it with evenkeel up`,
        { address },
        cause,
      )
    })
    const answer = (await response.json()) as T & { error?: { code: string; message: string; details?: object } }
    if (response.ok) return answer
    if (response.status === 401)
      throw new EvenkeelError('SERVER_KEY', `${address} asks for an API key; set EVENKEEL_API_KEY`, { address })
    const { code = 'SERVER_FAILED', message = `${address} answered ${response.status}`, details } = answer.error ?? {}
    throw new EvenkeelError(code, message, { ...details })
  }
  return {
    get: (route) => call(route, { method: 'GET' }),
    post: (route, body, contentType = 'application/json') =>
      call(route, { method: 'POST', body, headers: { 'content-type': contentType } }),
  }
}
