import * as z from 'zod'
import type { Registry } from '../registry/index.ts'
import type { Serving } from '../serving/index.ts'
import type { Queryable } from '../storage/index.ts'
import { type Call, json, type Route } from './route.ts'
import { limitOf } from './sources.ts'
import type { StatusView } from './status.ts'

/** What a list is narrowed by. */
interface ListQuery {
  readonly project: string
  readonly model?: string | undefined
  readonly limit: number
}

/** The rest of the control plane, as the loop wires it; what is not given has no route. */
export interface ControlPlane {
  readonly listRollouts?: (query: ListQuery) => Promise<unknown>
  readonly listAlerts?: (query: ListQuery) => Promise<unknown>
  readonly listIncidents?: (query: ListQuery) => Promise<unknown>
  readonly listDiagnoses?: (query: ListQuery) => Promise<unknown>
  readonly listPlans?: (query: ListQuery) => Promise<unknown>
  readonly listRemedies?: (query: ListQuery) => Promise<unknown>
  /** What people were told, or could not be. */
  readonly listNotifications?: (query: ListQuery) => Promise<unknown>
  /** Tries again what was given up; false when there is none of that id that was. */
  readonly retryNotification?: (request: { readonly project: string; readonly id: string }) => Promise<boolean>
  readonly decidePlan?: (decision: {
    readonly project: string
    readonly plan: string
    readonly decision: 'approved' | 'rejected'
    readonly by: string
    readonly reason: string
  }) => Promise<unknown>
  readonly readSwitch?: (project: string) => Promise<unknown>
  readonly throwSwitch?: (thrown: {
    readonly project: string
    readonly automation: 'on' | 'off'
    readonly by: string
    readonly reason: string
  }) => Promise<unknown>
  /** How everything is now, as `evenkeel status` prints it. */
  readonly readStatus?: (project: string) => Promise<StatusView>
  /** Asks for a training run; resolves to its id. @throws EvenkeelError where the model is not trained here */
  readonly train?: (request: {
    readonly project: string
    readonly model: string
    readonly reason: string
  }) => Promise<string>
  /** A run and, once it has ended, what came of it; null when there is none of that id. */
  readonly readRun?: (project: string, run: string) => Promise<unknown>
  /** The chain of events behind an alert, a version or a remedy; null when there is none of that id. */
  readonly explain?: (question: {
    readonly project: string
    readonly kind: string
    readonly id: string
  }) => Promise<unknown>
}

const named = { by: z.string().min(1).meta({ description: 'who decides: a person’s name' }), reason: z.string().min(1) }
const moveBody = z.strictObject({
  version: z.int().min(1).nullable(),
  expected: z.int().min(1).nullable().meta({ description: 'where the alias stands now; null for nowhere' }),
  ...named,
})
const switchBody = z.strictObject({ automation: z.enum(['on', 'off']), ...named })
const page = z.object({ model: z.string().optional(), limit: z.string().optional() })

export function registryRoutes(db: Queryable, registry: Registry, serving: Serving): readonly Route[] {
  const tag = 'Models'
  const modelOf = ({ project, params }: Call) => ({ project, model: params['model']! })
  return [
    {
      method: 'GET',
      path: '/v1/models',
      tag,
      summary: 'Models',
      handle: async ({ project }) => json({ models: await registry.listModels(db, project) }),
    },
    {
      method: 'GET',
      path: '/v1/models/{model}/versions',
      tag,
      summary: 'Versions, newest first',
      query: z.object({ limit: z.string().optional() }),
      handle: async (call) =>
        json({ versions: await registry.listVersions(db, { ...modelOf(call), limit: limitOf(call.query) }) }),
    },
    {
      method: 'GET',
      path: '/v1/models/{model}/versions/{version}',
      tag,
      summary: 'One version',
      handle: async (call) =>
        json(await registry.readVersion(db, { ...modelOf(call), version: Number(call.params['version']) })),
    },
    {
      method: 'GET',
      path: '/v1/models/{model}/aliases',
      tag,
      summary: 'Where the aliases stand',
      handle: async (call) => json({ aliases: await registry.readAliases(db, modelOf(call)) }),
    },
    {
      method: 'GET',
      path: '/v1/models/{model}/aliases/{alias}/history',
      tag,
      summary: 'How an alias moved, newest first',
      query: z.object({ limit: z.string().optional() }),
      handle: async (call) =>
        json({
          moves: await registry.readAliasHistory(db, {
            ...modelOf(call),
            alias: call.params['alias']!,
            limit: limitOf(call.query),
          }),
        }),
    },
    {
      method: 'PUT',
      path: '/v1/models/{model}/aliases/{alias}',
      tag,
      summary: 'Move an alias by compare-and-swap; answers when the version is loaded and takes requests',
      body: moveBody,
      async handle(call) {
        const { version, ...rest } = call.body as z.infer<typeof moveBody>
        await registry.moveAlias({ ...modelOf(call), alias: call.params['alias']!, to: version, ...rest })
        const problem = (await serving.refresh()).find(({ model }) => model === call.params['model'])
        return json({
          aliases: await registry.readAliases(db, modelOf(call)),
          ...(problem && { notLoaded: problem.message }),
        })
      },
    },
  ]
}

export function controlRoutes(control: ControlPlane): readonly Route[] {
  const lists = [
    ['rollouts', control.listRollouts, 'Versions on trial'],
    ['alerts', control.listAlerts, 'Alerts'],
    ['incidents', control.listIncidents, 'Incidents'],
    ['diagnoses', control.listDiagnoses, 'What was found to be the cause'],
    ['plans', control.listPlans, 'What is to be done'],
    ['remedies', control.listRemedies, 'What was done'],
    ['notifications', control.listNotifications, 'What people were told, newest first'],
  ] as const
  return [
    ...lists.flatMap(([name, list, summary]): Route[] =>
      list === undefined
        ? []
        : [
            {
              method: 'GET',
              path: `/v1/${name}`,
              tag: 'Control',
              summary,
              query: page,
              handle: async (call) => json({ [name]: await list(listQuery(call)) }),
            },
          ],
    ),
    ...planRoutes(control),
    ...switchRoutes(control),
    ...retryRoutes(control),
    ...explainRoutes(control),
    ...statusRoutes(control),
    ...trainRoutes(control),
  ]
}

function listQuery({ project, query }: Call): ListQuery {
  return { project, model: query['model'], limit: limitOf(query) }
}

function planRoutes({ decidePlan }: ControlPlane): Route[] {
  if (decidePlan === undefined) return []
  const decisions = [
    ['approve', 'approved'],
    ['reject', 'rejected'],
  ] as const
  return decisions.map(([verb, decision]) => ({
    method: 'POST',
    path: `/v1/plans/{plan}/${verb}`,
    tag: 'Control',
    summary: `${verb === 'approve' ? 'Approve' : 'Reject'} a plan that waits for a person`,
    body: z.strictObject(named),
    async handle({ project, params, body }) {
      await decidePlan({ project, plan: params['plan']!, decision, ...(body as { by: string; reason: string }) })
      return json({ plan: params['plan'], decision })
    },
  }))
}

function switchRoutes({ readSwitch, throwSwitch }: ControlPlane): Route[] {
  const routes: Route[] = []
  if (readSwitch !== undefined)
    routes.push({
      method: 'GET',
      path: '/v1/switch',
      tag: 'Control',
      summary: 'Whether remedies may act by themselves',
      handle: async ({ project }) => json(await readSwitch(project)),
    })
  if (throwSwitch !== undefined)
    routes.push({
      method: 'PUT',
      path: '/v1/switch',
      tag: 'Control',
      summary: 'The one switch that stops all remedies, or lets them act again',
      body: switchBody,
      async handle({ project, body }) {
        const thrown = body as z.infer<typeof switchBody>
        await throwSwitch({ project, ...thrown })
        return json({ automation: thrown.automation })
      },
    })
  return routes
}

function retryRoutes({ retryNotification }: ControlPlane): Route[] {
  if (retryNotification === undefined) return []
  return [
    {
      method: 'POST',
      path: '/v1/notifications/{notification}/retry',
      tag: 'Control',
      summary: 'Try again to deliver a message that was given up',
      async handle({ project, params }) {
        const id = params['notification']!
        if (await retryNotification({ project, id })) return json({ notification: id, state: 'waiting' }, 202)
        const message = `there is no notification ${id} that failed or was dropped`
        return json({ error: { code: 'NOTIFICATION_UNKNOWN', message } }, 404)
      },
    },
  ]
}

function explainRoutes({ explain }: ControlPlane): Route[] {
  if (explain === undefined) return []
  return [
    {
      method: 'GET',
      path: '/v1/explain/{kind}/{id}',
      tag: 'Control',
      summary: 'The chain of events behind an alert, a version or a remedy',
      async handle({ project, params }) {
        const { kind, id } = params as { kind: string; id: string }
        const answer = await explain({ project, kind, id })
        return answer === null
          ? json({ error: { code: 'EXPLAIN_UNKNOWN', message: `there is no ${kind} ${id}` } }, 404)
          : json(answer)
      },
    },
  ]
}

function statusRoutes({ readStatus }: ControlPlane): Route[] {
  if (readStatus === undefined) return []
  const handle = async ({ project }: Call) => json(await readStatus(project))
  return [{ method: 'GET', path: '/v1/status', tag: 'Control', summary: 'How everything is now', handle }]
}

function trainRoutes({ train, readRun }: ControlPlane): Route[] {
  if (train === undefined || readRun === undefined) return []
  return [
    {
      method: 'POST',
      path: '/v1/models/{model}/runs',
      tag: 'Models',
      summary: 'Ask for a training run; what comes of it stands at /v1/runs/{run}',
      body: z.strictObject({ reason: z.string().min(1) }),
      async handle({ project, params, body }) {
        const { reason } = body as { reason: string }
        return json({ run: await train({ project, model: params['model']!, reason }) }, 202)
      },
    },
    {
      method: 'GET',
      path: '/v1/runs/{run}',
      tag: 'Models',
      summary: 'A training run, and what came of it',
      async handle({ project, params }) {
        const found = await readRun(project, params['run']!)
        return found === null
          ? json({ error: { code: 'RUN_UNKNOWN', message: `there is no run ${params['run']}` } }, 404)
          : json(found)
      },
    },
  ]
}
