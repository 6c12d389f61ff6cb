import type { Instant } from '../clock.ts'
import type { Message } from './message.ts'

/** A heading with its lines; channels draw it each in their own way. */
export interface Section {
  readonly heading: string
  readonly lines: readonly string[]
}

const NEWS = { opened: 'new', updated: 'update', reminded: 'still open', resolved: 'recovered' } as const

/** @example headlineOf({ news: 'opened', severity: 'critical', title: 'flights: volume' }) // "[critical, new] flights: volume" */
export function headlineOf({ news, severity, title }: Pick<Message, 'news' | 'severity' | 'title'>): string {
  return `[${severity}, ${NEWS[news]}] ${title}`
}

/** One sentence: which model, since when, until when. */
export function summaryOf({ model, severity, since, closedAt, takenUpBy }: Message): string {
  if (closedAt !== null)
    return `Model ${model} has recovered. What began ${instant(since)} was closed ${instant(closedAt)}.`
  const taken = takenUpBy === null ? '' : ` ${takenUpBy} has taken it up.`
  return `Model ${model} has a ${severity} incident that began ${instant(since)}.${taken}`
}

/** The rest, without what is empty. What is over asks for nothing. */
export function sectionsOf({ signs, why, done, asks, closedAt }: Message): readonly Section[] {
  const sections = [
    { heading: 'What is seen', lines: closedAt === null ? signs : [] },
    { heading: 'Why', lines: why },
    { heading: 'What Evenkeel did', lines: done },
    { heading: 'What it asks of you', lines: closedAt === null ? asks : [] },
  ]
  return sections.filter(({ lines }) => lines.length > 0)
}

/** The whole message as text, for those who draw nothing. */
export function textOf(message: Message): string {
  const sections = sectionsOf(message).map(({ heading, lines }) => [`${heading}:`, ...lines.map((line) => `- ${line}`)])
  const link = message.link === null ? [] : ['', `How it came about: ${message.link}`]
  return [summaryOf(message), ...sections.flatMap((lines) => ['', ...lines]), ...link].join('\n')
}

function instant(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
