import http from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createAlerting } from '../alerting/index.ts'
import { createVirtualClock, type Instant, type VirtualClock } from '../clock.ts'
import { createDiagnosis } from '../diagnosis/index.ts'
import { createRunner, FLOW } from '../loop/index.ts'
import { createRemediation } from '../remediation/index.ts'
import { createJournal, type Journal, type NewEvent } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import type { ChannelSettings } from './channel.ts'
import { createNotifying, type Notifying } from './index.ts'
import type { Message } from './message.ts'
import type { NotifyingOptions } from './service.ts'

/** A channel as the configuration gives it, that may reach this machine. */
export function channelOf(type: ChannelSettings['type'], more: Partial<ChannelSettings> = {}): ChannelSettings {
  const open = { severity: 'info', models: [], allow: ['127.0.0.1'], allowPlain: true } as const
  return { type, ...open, timeoutMs: 2_000, repeatMs: 60_000, ...more }
}

interface Received {
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

export interface Receiver {
  readonly url: string
  readonly port: number
  readonly received: Received[]
  close(): Promise<void>
}

/** Answers like somebody else's server: what `answer` says, or never when it says null. */
export async function openReceiver(
  answer: (count: number) => { status: number; headers?: Record<string, string> } | null = () => ({ status: 200 }),
): Promise<Receiver> {
  const received: Received[] = []
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body })
      const said = answer(received.length)
      if (said !== null) response.writeHead(said.status, said.headers).end('ok')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}

export interface MailServer {
  readonly url: string
  /** Every line the client said, of every conversation. */
  readonly lines: string[]
  /** The mails it took, as they came. */
  readonly mails: string[]
  close(): Promise<void>
}

/** Speaks SMTP without TLS, and answers a recipient as `answer` says. */
export async function openMailServer(answer = '250 2.1.5 it will be told'): Promise<MailServer> {
  const lines: string[] = []
  const mails: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    converse(socket, lines, mails, answer)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lines,
    mails,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => done())
      }),
  }
}

function converse(socket: Socket, lines: string[], mails: string[], recipient: string): void {
  let mail: string[] | null = null
  let rest = ''
  const say = (line: string) => socket.write(`${line}\r\n`)
  const hear = (line: string) => {
    if (mail !== null && line !== '.') return void mail.push(line)
    if (mail !== null) {
      mails.push(mail.join('\n'))
      mail = null
      return say('250 2.0.0 taken')
    }
    lines.push(line)
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO') return say('250-mail.example greets you\r\n250-AUTH PLAIN\r\n250 8BITMIME')
    if (verb === 'AUTH') return say('235 2.7.0 welcome')
    if (verb === 'RCPT') return say(recipient)
    if (verb === 'DATA') {
      mail = []
      return say('354 go on')
    }
    return say(verb === 'QUIT' ? '221 2.0.0 bye' : '250 2.0.0 fine')
  }
  say('220 mail.example ESMTP')
  socket.on('data', (part) => {
    const heard = (rest + part.toString('utf8')).split('\r\n')
    rest = heard.pop() ?? ''
    for (const line of heard) hear(line)
  })
}

/** A database with the steps and tables of alerts, diagnoses and remedies, and channels that tell of them. */
export interface TestWorld {
  readonly opened: TestDatabase
  readonly clock: VirtualClock
  readonly journal: Journal
  readonly troubles: string[]
  /** Tells of incidents on these channels from now on. */
  notifying(channels: Readonly<Record<string, ChannelSettings>>, more?: Partial<NotifyingOptions>): Notifying
  /** Appends events, lets the step queue what follows from them, and delivers all that is due. */
  happen(notifying: Notifying, ...events: readonly NewEvent[]): Promise<void>
  close(): Promise<void>
}

export async function openTestWorld(start: Instant): Promise<TestWorld> {
  const opened = await openTestDatabase()
  const { db } = opened
  const clock = createVirtualClock(start)
  const troubles: string[] = []
  const aliases = { readAlias: async () => null, moveAlias: async () => [] }
  const journal: Journal = createJournal({
    clock,
    projections: [
      ...createAlerting().projections,
      ...createDiagnosis({ clock, readReference: async () => null }).projections,
      ...createRemediation({
        db,
        clock,
        aliases: aliases as never,
        get journal() {
          return journal
        },
      }).projections,
    ],
  })
  const flow = FLOW.filter(({ step }) => step === 'notification.tell')
  return {
    opened,
    clock,
    journal,
    troubles,
    notifying: (channels, more = {}) =>
      createNotifying({
        db,
        journal,
        clock,
        project: 'default',
        channels,
        random: () => 1,
        onTrouble: ({ message }) => troubles.push(message),
        ...more,
        settings: { holdMs: 0, ...more.settings },
      }),
    async happen(notifying, ...events) {
      await db.transaction((tx) => journal.append(tx, null, events))
      await createRunner({ db, journal, clock, flow, steps: notifying.steps }).settle()
      for (const deliver of notifying.deliveries) while ((await deliver()) > 0);
    },
    close: () => opened.close(),
  }
}

const DAY = Date.UTC(2001, 2, 1)

/** An incident of a model opens: one monitor of it fires. */
export function opening(model: string, incident: string, monitor = 'drift:origin'): NewEvent[] {
  const event = { project: 'default', subject: model }
  const severity = monitor.startsWith('quality') ? ('critical' as const) : ('warning' as const)
  const alert = { model, alert: `${incident}/${monitor}`, monitor, version: 1, window: 'w', incident, severity }
  const data = { ...alert, from: DAY, until: DAY + 1, reason: `${monitor} is far from its reference` }
  return [
    {
      ...event,
      type: 'incident.opened',
      data: { model, incident, title: `${monitor} shifted`, alerts: [alert.alert], onset: DAY },
    },
    { ...event, type: 'alert.fired', data },
  ]
}

export function closing(model: string, incident: string): NewEvent {
  const data = { model, incident, outcome: 'recovered' }
  return { project: 'default', subject: model, type: 'incident.closed', data }
}

export function concluding(model: string, incident: string, features: readonly string[], probability = 0.97): NewEvent {
  const cause = { type: 'missing-burst', features, probability, onset: DAY, evidence: {}, parameters: {} } as const
  const causes = [{ ...cause, words: `${features.join(' and ')} is missing in most rows` }]
  const data = { model, diagnosis: `${incident}/why`, incident, version: 1, causes, verdict: 'cause-found' } as const
  return { project: 'default', subject: model, type: 'diagnosis.concluded', data }
}

export function awaiting(model: string, incident: string): NewEvent {
  const data = {
    model,
    plan: `${incident}/plan`,
    incident,
    diagnosis: `${incident}/why`,
    action: 'rollback',
    parameters: { from: 2, to: 1 },
    approval: 'person',
    words: 'move champion back from version 2 to version 1',
  } as const
  return { project: 'default', subject: model, type: 'plan.awaiting', data }
}

export function deciding(model: string, incident: string, by: string): NewEvent {
  const data = { model, plan: `${incident}/plan`, decision: 'approved', by, reason: 'it was the release' } as const
  return { project: 'default', subject: model, type: 'plan.decided', data }
}

/** A message as a channel gets it. */
export function messageOf(more: Partial<Message> = {}): Message {
  return {
    news: 'opened',
    at: DAY + 3_630_000,
    project: 'default',
    model: 'flights',
    incident: 'i1',
    severity: 'critical',
    title: 'flights: quality of origin and 1 more',
    since: DAY,
    openedAt: DAY + 3_600_000,
    closedAt: null,
    signs: ['quality:origin: 93 % are missing'],
    why: ['origin is missing in most rows (97 % likely)'],
    done: ['serve origin as missing: under way'],
    asks: ['approve or reject plan p1: move champion back from version 2 to version 1'],
    takenUpBy: null,
    link: 'https://keel.example/v1/explain/incident/i1',
    ...more,
  }
}
