import type { Channel, ChannelSettings } from '../channel.ts'
import type { Message } from '../message.ts'
import { post, type Reach } from '../outbound.ts'
import { headlineOf, textOf } from '../words.ts'

const ENQUEUE = 'https://events.pagerduty.com/v2/enqueue'
const MAX_SUMMARY = 1_024

/**
 * PagerDuty's Events API v2. Its key is the incident's: whatever is sent about one incident, however often, is one
 * incident there. It is acknowledged when a person has decided on a plan of it, and not because Evenkeel is acting.
 */
export function createPagerduty({ url = ENQUEUE, routingKey = '' }: ChannelSettings, reach: Reach): Channel {
  return {
    send: ({ message }) => {
      const key = { routing_key: routingKey, dedup_key: message.incident, event_action: actionOf(message) }
      return post({ url, body: message.closedAt === null ? { ...key, ...bodyOf(message) } : key }, reach)
    },
  }
}

function actionOf({ closedAt, takenUpBy }: Message): 'trigger' | 'acknowledge' | 'resolve' {
  if (closedAt !== null) return 'resolve'
  return takenUpBy === null ? 'trigger' : 'acknowledge'
}

function bodyOf(message: Message) {
  const { project, model, severity, since, link, signs, why, done, asks } = message
  return {
    client: 'Evenkeel',
    ...(link === null ? {} : { client_url: link, links: [{ href: link, text: 'How it came about' }] }),
    payload: {
      summary: headlineOf(message).slice(0, MAX_SUMMARY),
      source: `evenkeel/${project}`,
      // PagerDuty knows a fourth, error, that nothing here means.
      severity,
      timestamp: new Date(since).toISOString(),
      component: model,
      group: project,
      class: 'model incident',
      custom_details: { words: textOf(message), signs, why, done, asks },
    },
  }
}
