import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { EvenkeelError } from '../error.ts'
import { DEFAULT_LIMITS, type Ingest, type IngestLimits } from '../ingest/index.ts'
import type { Registry } from '../registry/index.ts'
import type { Serving } from '../serving/index.ts'
import type { Database } from '../storage/index.ts'
import { type ControlPlane, controlRoutes, registryRoutes } from './control.ts'
import { renderDocs } from './docs.ts'
import { createDriftChecker, type DriftChecker, driftCheckRoutes } from './drift-check/index.ts'
import { type Failure, failureReply, thrownFailure } from './failure.ts'
import { gatherWrites } from './gather.ts'
import { healthRoutes, type ReadinessCheck } from './health.ts'
import { mlflowRoutes } from './mlflow.ts'
import { openInferenceRoutes } from './open-inference.ts'
import { openApiDocument } from './openapi.ts'
import { predictRoutes } from './predict.ts'
import { type Call, type Dialect, json, type Reply, type Route } from './route.ts'
import { ANSWER_HEADERS, type ApiKey, checkExposure, findKey, isLoopback, isOwnHost, PAGE_HEADERS } from './security.ts'
import { type BatchGate, sourceRoutes } from './sources.ts'
import { renderStatus } from './status.ts'

export interface ServerOptions {
  readonly db: Database
  readonly serving: Serving
  readonly registry: Registry
  readonly ingest?: Ingest | undefined
  readonly gate?: BatchGate | undefined
  readonly control?: ControlPlane | undefined
  /** Version of this program. */
  readonly version: string
  /** Default 127.0.0.1; anything but loopback needs a key. */
  readonly host?: string | undefined
  /** 0 takes a free one. */
  readonly port: number
  readonly apiKeys?: readonly ApiKey[] | undefined
  /** Project of requests without a key, and of keys that name none; default `default`. */
  readonly project?: string | undefined
  /** Default 8 MiB. */
  readonly bodyLimitBytes?: number | undefined
  /** Of a table that is sent to be checked for drift; default as for batches. */
  readonly limits?: IngestLimits | undefined
  /** Beside the database's and the models' own. */
  readonly checks?: readonly ReadinessCheck[] | undefined
  /** Told of every error that is not the caller's. */
  readonly onError?: ((error: unknown, request: { readonly method: string; readonly path: string }) => void) | undefined
}

export interface Server {
  /** Starts to listen; resolves to the address, `http://127.0.0.1:8080`. @throws EvenkeelError HTTP_CANNOT_LISTEN */
  start(): Promise<string>
  /** Says it is not ready, lets the requests under way finish, then closes. The serving is stopped by its owner. */
  stop(): Promise<void>
}

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_BODY_LIMIT_BYTES = 8 * 1024 * 1024
const DEFAULT_PROJECT = 'default'
/** Whoever leaves the page open on a wall sees what is. */
const STATUS_REFRESH_SECONDS = '30'

export function createServer(options: ServerOptions): Server {
  const { host = DEFAULT_HOST, port, apiKeys = [] } = options
  checkExposure(host, apiKeys)
  let accepting = false
  const app = fastify({ bodyLimit: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES, exposeHeadRoutes: false })
  app.server.on('connection', gatherWrites)
  const checker = createDriftChecker(options.limits ?? DEFAULT_LIMITS)
  const routes = allRoutes(options, () => accepting, checker)
  app.addHook(
    'onRequest',
    guard({ ...options, host, apiKeys }, new Set(routes.filter(({ open }) => open).map(({ path }) => path))),
  )
  app.setErrorHandler((error, request, reply) => {
    send(reply, failureReply(reported(options, error, request), dialectOf(request)))
  })
  app.setNotFoundHandler((request, reply) => {
    const message = `there is no ${request.method} ${request.url.split('?')[0]}; the API is described at /docs`
    send(
      reply,
      failureReply(
        { status: 404, code: 'ROUTE_UNKNOWN', message },
        request.url.startsWith('/v2') ? 'open-inference' : 'evenkeel',
      ),
    )
  })
  addRoutes(app, options, routes)
  return {
    async start() {
      await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
        throw cannotListen(error, host, port)
      })
      accepting = true
      const { port: bound } = app.server.address() as AddressInfo
      return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
    },
    async stop() {
      accepting = false
      await app.close()
      await checker.close()
    },
  }
}

const LISTEN_TROUBLE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'this user may not',
  EADDRNOTAVAIL: 'this machine has no such address',
}

function cannotListen({ code = '', message }: NodeJS.ErrnoException, host: string, port: number): EvenkeelError {
  return new EvenkeelError(
    'HTTP_CANNOT_LISTEN',
    `cannot listen on ${host}:${port}: ${LISTEN_TROUBLE[code] ?? message}; choose another port with server.port or EVENKEEL_SERVER_PORT, or stop what runs there`,
    { host, port },
  )
}

/** Every line of the API, in the order of the documentation. */
function allRoutes(options: ServerOptions, accepting: () => boolean, checker: DriftChecker): readonly Route[] {
  const { db, serving, registry, ingest, gate, control, version } = options
  const checks: ReadinessCheck[] = [
    { name: 'database', needed: false, check: () => db.query('select 1').then(() => null) },
    ...(options.checks ?? []),
  ]
  return [
    ...predictRoutes(serving),
    ...openInferenceRoutes(serving, accepting, version),
    ...mlflowRoutes(serving, version),
    ...(ingest === undefined ? [] : sourceRoutes(ingest, gate)),
    ...driftCheckRoutes(checker),
    ...registryRoutes(db, registry, serving),
    ...(control === undefined ? [] : controlRoutes(control)),
    ...healthRoutes({ accepting, checks }, version),
  ]
}

function addRoutes(app: FastifyInstance, options: ServerOptions, routes: readonly Route[]): void {
  const document = openApiDocument(routes, options.version, (options.apiKeys ?? []).length > 0)
  const pages: Route[] = [
    { method: 'GET', path: '/openapi.json', tag: '', summary: '', handle: () => json(document) },
    { method: 'GET', path: '/docs', tag: '', summary: '', handle: () => html(renderDocs(document)) },
    {
      method: 'GET',
      path: '/',
      tag: '',
      summary: '',
      handle: ({ project }) => statusPage(options, project),
    },
  ]
  app.removeAllContentTypeParsers()
  // JSON.parse makes no prototype of a key `__proto__`, and rows are read by the names of known columns only.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(body as string))
    } catch (error) {
      done(Object.assign(new Error(`the body is not JSON: ${(error as Error).message}`), { statusCode: 400 }))
    }
  })
  for (const route of [...routes, ...pages].filter(({ raw }) => !raw)) add(app, options, route)
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    for (const route of routes.filter(({ raw }) => raw)) add(scope, options, route)
  })
}

async function statusPage({ db, serving, control }: ServerOptions, project: string): Promise<Reply> {
  const view = (await control?.readStatus?.(project)) ?? null
  const page = html(await renderStatus({ db, serving, project, view }))
  return { ...page, headers: { ...page.headers, refresh: STATUS_REFRESH_SECONDS } }
}

function html(body: string): Reply {
  return { status: 200, type: 'text/html; charset=utf-8', headers: PAGE_HEADERS, body }
}

function add(app: FastifyInstance, options: ServerOptions, route: Route): void {
  const dialect = route.dialect ?? 'evenkeel'
  app.route({
    method: route.method,
    config: { dialect },
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    handler(request, reply) {
      run(route, callOf(options, request, route)).then(
        (answer) => send(reply, answer),
        (error: unknown) => send(reply, failureReply(reported(options, error, request), dialect)),
      )
    },
  })
}

async function run(route: Route, call: Call): Promise<Reply> {
  if (route.body === undefined || route.checksBody) return route.handle(call)
  const checked = route.body.safeParse(call.body)
  if (checked.success) return route.handle({ ...call, body: checked.data })
  const { path, message } = checked.error.issues[0]!
  const field = path.join('.')
  return failureReply(
    { status: 400, code: 'BODY_INVALID', message: `${field || 'body'}: ${message}`, details: { field: field || null } },
    'evenkeel',
  )
}

const EMPTY = Buffer.alloc(0)

function callOf(options: ServerOptions, request: FastifyRequest, route: Route): Call {
  const { project, caller } = request as FastifyRequest & { project?: string; caller?: string }
  return {
    project: project ?? options.project ?? DEFAULT_PROJECT,
    caller: caller ?? null,
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string | undefined>,
    headers: request.headers,
    body: route.raw ? (request.body ?? EMPTY) : request.body,
  }
}

function send(reply: FastifyReply, { status, type = 'application/json; charset=utf-8', headers, body }: Reply): void {
  reply.code(status)
  reply.header('content-type', type)
  for (const name in ANSWER_HEADERS) reply.header(name, ANSWER_HEADERS[name])
  if (headers !== undefined) reply.headers(headers)
  reply.send(body)
}

/** Of the route that was meant, also where it was refused before it was asked. */
function dialectOf(request: FastifyRequest): Dialect {
  return (request.routeOptions.config as { dialect?: Dialect } | undefined)?.dialect ?? 'evenkeel'
}

function reported(options: ServerOptions, error: unknown, request: FastifyRequest): Failure {
  const failure = thrownFailure(error)
  if (failure.status >= 500) options.onError?.(error, { method: request.method, path: request.url })
  return failure
}

type Guarded = Pick<ServerOptions, 'onError'> & { readonly host: string; readonly apiKeys: readonly ApiKey[] }

/** Before anything is read: is the caller one of ours? */
function guard({ host, apiKeys }: Guarded, open: ReadonlySet<string>) {
  const local = isLoopback(host)
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (local && !isOwnHost(request.headers.host)) {
      const message = `host ${JSON.stringify(request.headers.host ?? '')} is not this machine; call 127.0.0.1 or localhost`
      send(reply, failureReply({ status: 421, code: 'HOST_FORBIDDEN', message }, 'evenkeel'))
      return
    }
    if (apiKeys.length === 0 || open.has(request.routeOptions.url ?? '')) {
      done()
      return
    }
    const key = findKey(request.headers.authorization, apiKeys)
    if (key !== null) {
      Object.assign(request, { project: key.project, caller: key.name })
      done()
      return
    }
    const headers = { 'www-authenticate': 'Bearer' }
    send(
      reply,
      failureReply(
        { status: 401, code: 'KEY_INVALID', message: 'no valid API key; send Authorization: Bearer <key>', headers },
        dialectOf(request),
      ),
    )
  }
}
