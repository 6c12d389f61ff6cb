import { createHmac } from 'node:crypto'
import type { Channel, ChannelSettings } from '../channel.ts'
import { post, type Reach } from '../outbound.ts'
import { textOf } from '../words.ts'

/**
 * Anybody's endpoint, signed as Standard Webhooks says, so that any of its libraries can verify it. All attempts carry the
 * same `webhook-id`: who remembers it takes a message once.
 */
export function createWebhook({ url = '', secret = '' }: ChannelSettings, reach: Reach): Channel {
  return {
    send: ({ key, message, at }) => {
      const body = JSON.stringify({
        type: `incident.${message.news}`,
        timestamp: new Date(message.at).toISOString(),
        data: { ...message, text: textOf(message) },
      })
      const timestamp = String(Math.floor(at / 1_000))
      const headers = {
        'webhook-id': key,
        'webhook-timestamp': timestamp,
        'webhook-signature': sign({ secret, id: key, timestamp, body }),
      }
      return post({ url, headers, body }, reach)
    },
  }
}

interface Signed {
  /** `whsec_` and the key in base64. */
  readonly secret: string
  readonly id: string
  /** Seconds since 1970. */
  readonly timestamp: string
  readonly body: string
}

/**
 * `v1,` and the HMAC-SHA-256 of `id.timestamp.body` in base64.
 * @see https://www.standardwebhooks.com
 */
export function sign({ secret, id, timestamp, body }: Signed): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
