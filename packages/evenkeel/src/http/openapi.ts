import * as z from 'zod'
import { PROBLEM_TYPE } from './failure.ts'
import type { Route } from './route.ts'

type Json = Record<string, unknown>

/** The API as OpenAPI 3.1, made of the very table the server routes by. */
export function openApiDocument(routes: readonly Route[], version: string, hasKeys: boolean): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, hasKeys)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Evenkeel',
      version,
      description: 'Keeps production machine-learning models on an even keel: predict, label, watch, explain, heal.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Error: toSchema(errorSchema, 'output'), Problem: toSchema(problemSchema, 'output') },
      ...(hasKeys ? { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } } : {}),
    },
  }
}

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    row: z.int().nullable().optional(),
    field: z.string().nullable().optional(),
    found: z.string().optional(),
    expected: z.string().optional(),
  }),
})

/** RFC 9457; what names the place is absent where the whole request is refused. */
const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  field: z.string().optional(),
  row: z.int().nullable().optional(),
  found: z.string().optional(),
  expected: z.string().optional(),
})

function operation(route: Route, hasKeys: boolean): Json {
  const content = route.answer === undefined ? {} : { 'application/json': { schema: toSchema(route.answer, 'output') } }
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body || route.raw ? { requestBody: requestBody(route) } : {}),
    responses: {
      200: { description: 'Done', content },
      default: { description: 'Refused, and why', content: errorContent(route) },
    },
    security: hasKeys && !route.open ? [{ key: [] }] : [],
  }
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  return [method.toLowerCase(), ...words]
    .map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1)))
    .join('')
}

function pathParameters({ path }: Route): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters({ query }: Route): Json[] {
  return Object.entries(query?.shape ?? {}).map(([name, type]) => ({
    name,
    in: 'query',
    required: false,
    schema: toSchema(type as z.ZodType, 'input'),
  }))
}

function requestBody({ body, accepts = ['application/json'] }: Route): Json {
  const schemaOf = (type: string) => (type === 'application/json' && body ? { schema: toSchema(body, 'input') } : {})
  return { required: true, content: Object.fromEntries(accepts.map((type) => [type, schemaOf(type)])) }
}

function errorContent({ dialect }: Route): Json {
  const words = { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] }
  const mlflow = {
    type: 'object',
    properties: { error_code: { type: 'string' }, message: { type: 'string' } },
    required: ['error_code', 'message'],
  }
  if (dialect === 'open-inference') return { 'application/json': { schema: words } }
  if (dialect === 'mlflow') return { 'application/json': { schema: mlflow } }
  if (dialect === 'problem') return { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } }
  return { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
}

function toSchema(type: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' })
  return schema as Json
}
