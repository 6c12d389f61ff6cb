import { isIP } from 'node:net'
import * as z from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts'
import { name, span } from './fields.ts'

/** How people are told of incidents: channels, and what holds for all of them (`DEFAULT_NOTIFICATION` of notification). */

const text = (description: string) => z.string().min(1).max(2_000).optional().meta({ description })
const secret = (description: string) => z.string().min(1).max(2_000).optional().meta({ description, secret: true })

const fields = z.strictObject({
  type: z
    .enum(['slack', 'email', 'pagerduty', 'teams', 'webhook', 'alertmanager', 'stdout'])
    .meta({ description: 'how people are reached' }),
  severity: z
    .enum(['info', 'warning', 'critical'])
    .default('info')
    .meta({ description: 'incidents below this severity are not told here' }),
  models: z.array(name()).max(1_000).default([]).meta({ description: 'models told of here; none means all' }),
  url: secret('address of the webhook, or smtps://host of a mail server; best kept in a variable of the environment'),
  urls: z
    .array(z.string().min(1).max(2_000))
    .min(1)
    .max(10)
    .optional()
    .meta({ description: 'every replica of Alertmanager' }),
  secret: secret('key that signs a webhook, whsec_ and base64; best kept in a variable of the environment'),
  routingKey: secret('integration key of a PagerDuty service; best kept in a variable of the environment'),
  user: text('user of the mail server'),
  password: secret('password of the mail server; best kept in a variable of the environment'),
  from: text('sender of the mails'),
  to: z.array(z.string().min(3).max(320)).min(1).max(50).optional().meta({ description: 'who receives the mails' }),
  allow: z
    .array(z.string().refine(isRange, 'expected an address like 10.0.0.7, or a range like 10.0.0.0/8'))
    .max(50)
    .default([])
    .meta({ description: 'addresses and ranges that may be reached although they are not public' }),
  allowPlain: z.boolean().default(false).meta({ description: 'whether a connection without TLS will do' }),
  timeoutMs: span('an attempt that takes longer has failed', 10_000, 100, MINUTE_MS),
  repeatMs: span('how often Alertmanager is told again', MINUTE_MS, 1_000, HOUR_MS),
})

type Fields = z.output<typeof fields>
type Own = 'url' | 'urls' | 'secret' | 'routingKey' | 'user' | 'password' | 'from' | 'to'

const OWN = ['url', 'urls', 'secret', 'routingKey', 'user', 'password', 'from', 'to'] as const satisfies readonly Own[]

/** Which of the settings that not all have a type needs, and which it may have. */
const NEEDS = {
  slack: { needed: ['url'], optional: [] },
  email: { needed: ['url', 'from', 'to'], optional: ['user', 'password'] },
  pagerduty: { needed: ['routingKey'], optional: ['url'] },
  teams: { needed: ['url'], optional: [] },
  webhook: { needed: ['url', 'secret'], optional: [] },
  alertmanager: { needed: ['urls'], optional: [] },
  stdout: { needed: [], optional: [] },
} as const satisfies Record<Fields['type'], { needed: readonly Own[]; optional: readonly Own[] }>

const channel = fields.superRefine((value, context) => {
  for (const { path, message } of problemsOf(value)) context.addIssue({ code: 'custom', path: [...path], message })
})

export const channels = z
  .record(name(), channel)
  .default({})
  .meta({ description: 'who is told of incidents, and how; none means nobody' })

export const notifications = z.strictObject({
  baseUrl: z
    .string()
    .regex(/^https?:\/\/\S+$/, 'expected an address that starts with http:// or https://')
    .optional()
    .meta({ description: 'where people reach this Evenkeel: links in messages begin with it' }),
  holdMs: span('how long a message waits before it is written, so that the cause is in it', 30_000, 0, HOUR_MS),
  remindMs: span(
    'how long after the last word on an open incident it is spoken of again; 0 for never',
    0,
    0,
    30 * DAY_MS,
  ),
  maxAttempts: z
    .int()
    .min(1)
    .max(30)
    .default(10)
    .meta({ description: 'attempts to deliver a message before it is given up' }),
  firstRetryMs: span('wait after the first attempt, doubled after each', 5_000, 100, HOUR_MS),
  longestRetryMs: span('wait between two attempts at most', HOUR_MS, 1_000, DAY_MS),
  maxWaiting: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .meta({ description: 'messages of a channel that wait at most; more are dropped and counted' }),
})

interface Problem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

function problemsOf(value: Fields): Problem[] {
  const { needed, optional } = NEEDS[value.type]
  const known: readonly Own[] = [...needed, ...optional]
  const missing = needed.filter((field) => value[field] === undefined)
  const foreign = OWN.filter((field) => value[field] !== undefined && !known.includes(field))
  return [
    ...missing.map((field) => ({ path: [field], message: `expected one: a channel of type ${value.type} needs it` })),
    ...foreign.map((field) => ({
      path: [field],
      message: `expected none: a channel of type ${value.type} has no use for it`,
    })),
    ...addressProblems(value),
    ...(value.type !== 'webhook' || value.secret === undefined || SIGNING_KEY.test(value.secret)
      ? []
      : [
          {
            path: ['secret'],
            message: 'expected whsec_ and 24 to 64 bytes in base64, as openssl rand -base64 32 prints them',
          },
        ]),
  ]
}

/** 24 bytes are 32 characters of base64, 64 are 88. */
const SIGNING_KEY = /^whsec_[A-Za-z0-9+/]{30,86}={0,2}$/

function addressProblems({ type, url, urls, allowPlain }: Fields): Problem[] {
  const [safe, plain] = type === 'email' ? ['smtps:', 'smtp:'] : ['https:', 'http:']
  // STARTTLS is demanded of smtp:// unless allowPlain, so its address alone gives nothing away.
  const schemes = allowPlain || type === 'email' ? [safe, plain] : [safe]
  const expected = `expected an address that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`
  const message = schemes.length === 1 ? `${expected}; allowPlain lets ${plain}// pass` : expected
  const wrong = (address: string) => !URL.canParse(address) || !schemes.includes(new URL(address).protocol)
  return [
    ...(url !== undefined && wrong(url) ? [{ path: ['url'], message }] : []),
    ...(urls ?? []).flatMap((address, place) => (wrong(address) ? [{ path: ['urls', place], message }] : [])),
  ]
}

function isRange(range: string): boolean {
  const [address = '', bits, ...more] = range.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}
