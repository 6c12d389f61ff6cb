import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { resolveHost } from '../addresses.ts'
import type { Channel, ChannelSettings, Delivery, Outcome } from '../channel.ts'
import { beforeAbort, failed, type Reach, refused } from '../outbound.ts'
import { headlineOf, textOf } from '../words.ts'

/** Ports of submission, with TLS from the first byte and with STARTTLS. */
const PORTS: Readonly<Record<string, number>> = { 'smtps:': 465, 'smtp:': 587 }

/**
 * E-mail by SMTP: `smtps://` speaks TLS from the first byte, `smtp://` must be offered STARTTLS unless `allowPlain`. All
 * attempts carry the same Message-ID; those of one incident are one thread.
 */
export function createEmail(settings: ChannelSettings, reach: Reach): Channel {
  return { send: (delivery) => sendMail(settings, reach, delivery) }
}

async function sendMail(settings: ChannelSettings, reach: Reach, delivery: Delivery): Promise<Outcome> {
  const url = new URL(settings.url ?? '')
  const signal = AbortSignal.timeout(reach.timeoutMs)
  try {
    const resolved = await beforeAbort(resolveHost(url.hostname, reach.allow, reach.resolver), signal)
    if (resolved.kind === 'refused') return resolved
    const transport = open(url, resolved.addresses[0]!.address, settings, reach)
    try {
      await beforeAbort(transport.sendMail(mailOf(settings, delivery)), signal)
      return { kind: 'delivered' }
    } finally {
      transport.close()
    }
  } catch (error) {
    return signal.aborted ? failed(`no answer within ${reach.timeoutMs} ms`) : judge(error)
  }
}

/** Connects to the address that was checked; the certificate is held against the name. */
function open(url: URL, address: string, { user, password }: ChannelSettings, { allowPlain, timeoutMs }: Reach) {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return createTransport({
    host: address,
    port: url.port === '' ? PORTS[url.protocol]! : Number(url.port),
    secure: url.protocol === 'smtps:',
    requireTLS: !allowPlain,
    ...(isIP(host) === 0 ? { tls: { servername: host } } : {}),
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

function mailOf({ from = '', to = [] }: ChannelSettings, { key, message, at }: Delivery) {
  const domain = /@([^@\s>]+)>?\s*$/.exec(from)?.[1] ?? 'evenkeel'
  const thread = `<incident-${message.incident}@${domain}>`
  return {
    from,
    to: [...to],
    subject: headlineOf(message),
    text: textOf(message),
    messageId: `<${key}@${domain}>`,
    inReplyTo: thread,
    references: thread,
    date: new Date(at),
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

/** What a server says may hold an address or a password's echo, so only its code is kept. */
function judge(error: unknown): Outcome {
  const { responseCode, code } = error as { readonly responseCode?: number; readonly code?: string }
  if (responseCode === undefined) return failed(`the conversation failed with ${code ?? 'no code'}`)
  return responseCode >= 500
    ? refused(`the server answered ${responseCode}`)
    : failed(`the server answered ${responseCode}`)
}
