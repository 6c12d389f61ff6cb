import { MINUTE_MS } from '../../clock.ts'
import type { Channel, ChannelSettings, Delivery, Outcome } from '../channel.ts'
import { post, type Reach } from '../outbound.ts'
import { headlineOf, textOf } from '../words.ts'

/** An alert that is not sent again ends this many intervals after it was sent the last time. */
const INTERVALS_UNTIL_END = 4
/** As Prometheus does: one that has ended is sent on for a while, in case the first time got lost. */
const RESOLVED_FOR_MS = 5 * MINUTE_MS

/**
 * Alertmanager's API v2, told again and again as its clients must. Every replica is told, for they share what they have
 * sent and not what they have received; one that takes it is enough.
 */
export function createAlertmanager({ urls = [], repeatMs }: ChannelSettings, reach: Reach): Channel {
  return {
    repeat: { everyMs: repeatMs, resolvedForMs: RESOLVED_FOR_MS },
    async send(delivery) {
      const body = [alertOf(delivery, repeatMs)]
      const outcomes = await Promise.all(urls.map((url) => post({ url: addressOf(url), body }, reach)))
      return bestOf(outcomes)
    },
  }
}

/** Labels are its identity, so nothing that changes is among them but the severity: the old one then ends by itself. */
function alertOf({ message, at }: Delivery, repeatMs: number) {
  const { project, model, incident, severity, openedAt, closedAt, link } = message
  const end = closedAt === null ? at + INTERVALS_UNTIL_END * repeatMs : Math.max(closedAt, openedAt + 1)
  return {
    labels: { alertname: 'EvenkeelIncident', project, model, incident, severity },
    annotations: { summary: headlineOf(message), description: textOf(message) },
    startsAt: new Date(openedAt).toISOString(),
    endsAt: new Date(end).toISOString(),
    ...(link === null ? {} : { generatorURL: link }),
  }
}

function addressOf(url: string): string {
  return new URL('api/v2/alerts', url.endsWith('/') ? url : `${url}/`).href
}

/** Delivered to one, else worth trying again at one, else refused by all. */
function bestOf(outcomes: readonly Outcome[]): Outcome {
  const find = (kind: Outcome['kind']) => outcomes.find((outcome) => outcome.kind === kind)
  return find('delivered') ?? find('failed') ?? outcomes[0]!
}
