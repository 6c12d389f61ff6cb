import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPublic, resolveHost } from './addresses.ts'
import { openChannel } from './channels/open.ts'
import { sign } from './channels/webhook.ts'
import { channelOf, messageOf, openMailServer, openReceiver } from './testing.ts'

const AT = Date.UTC(2001, 2, 1, 2)
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const print = () => assert.fail('nothing was to be printed')
const delivery = (message = messageOf()) => ({ key: 'ntf_1', message, at: AT })

test('Slack gets blocks of plain text and a fallback in which no name is markup', async () => {
  const to = await openReceiver()
  const channel = openChannel(channelOf('slack', { url: to.url }), { print })
  const signs = ['quality:<!channel>: *bold* & new']
  assert.deepEqual(await channel.send(delivery(messageOf({ title: 'flights: <!channel>', signs }))), {
    kind: 'delivered',
  })
  await to.close()
  const { text, blocks } = JSON.parse(to.received[0]!.body)
  assert.equal(text, '[critical, new] flights: &lt;!channel&gt;')
  const texts = blocks.flatMap((block: { text?: { type: string } }) =>
    block.text === undefined ? [] : [block.text.type],
  )
  assert.deepEqual(new Set(texts), new Set(['plain_text']))
  assert.equal(blocks[0].text.text, '[critical, new] flights: <!channel>')
  assert.match(JSON.stringify(blocks), /approve or reject plan p1/)
  assert.equal(blocks.at(-1).elements[0].url, messageOf().link)
})

test('Teams gets an Adaptive Card of text runs', async () => {
  const to = await openReceiver(() => ({ status: 202 }))
  const channel = openChannel(channelOf('teams', { url: to.url }), { print })
  assert.deepEqual(await channel.send(delivery()), { kind: 'delivered' })
  await to.close()
  const { type, attachments } = JSON.parse(to.received[0]!.body)
  const [{ contentType, content }] = attachments
  assert.deepEqual(
    [type, contentType, content.type],
    ['message', 'application/vnd.microsoft.card.adaptive', 'AdaptiveCard'],
  )
  assert.deepEqual(new Set(content.body.map((block: { type: string }) => block.type)), new Set(['RichTextBlock']))
  assert.equal(content.actions[0].url, messageOf().link)
})

test('a webhook is signed as Standard Webhooks says', async () => {
  // Computed with Python 3.11: hmac.new(base64.b64decode(secret[6:]), f'{id}.{timestamp}.{body}'.encode(), 'sha256')
  const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: '1614265330', body: '{"test": 2432232314}' }
  assert.equal(sign({ secret: SECRET, ...signed }), 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  const to = await openReceiver()
  await openChannel(channelOf('webhook', { url: to.url, secret: SECRET }), { print }).send(delivery())
  await to.close()
  const [{ headers, body }] = to.received as [(typeof to.received)[0]]
  assert.equal(headers['webhook-id'], 'ntf_1')
  assert.equal(headers['webhook-timestamp'], String(AT / 1_000))
  const timestamp = String(AT / 1_000)
  assert.equal(headers['webhook-signature'], sign({ secret: SECRET, id: 'ntf_1', timestamp, body }))
})

test('stdout gets the message in lines', async () => {
  const printed: string[] = []
  await openChannel(channelOf('stdout'), { print: (text) => printed.push(text) }).send(delivery())
  assert.match(
    printed.join(''),
    /^\[critical, new\] flights: quality of origin and 1 more\n {2}Model flights has a critical/,
  )
})

test('an e-mail carries key and thread, and a server that is reached by smtp:// must offer TLS', async () => {
  const to = await openMailServer()
  const mail = { url: to.url, from: 'Evenkeel <keel@example.org>', to: ['ada@example.org', 'bob@example.org'] }
  const strict = openChannel(channelOf('email', { ...mail, allowPlain: false }), { print })
  assert.equal((await strict.send(delivery())).kind, 'failed')
  assert.equal(to.mails.length, 0)
  const plain = openChannel(channelOf('email', { ...mail, user: 'keel', password: 'pass word' }), { print })
  assert.deepEqual(await plain.send(delivery()), { kind: 'delivered' })
  await to.close()
  assert.ok(to.lines.includes(`AUTH PLAIN ${Buffer.from('\0keel\0pass word').toString('base64')}`))
  assert.deepEqual(
    to.lines.filter((line) => line.startsWith('RCPT')),
    ['RCPT TO:<ada@example.org>', 'RCPT TO:<bob@example.org>'],
  )
  assert.match(to.mails[0]!, /^Message-ID: <ntf_1@example\.org>$/m)
  assert.match(to.mails[0]!, /^In-Reply-To: <incident-i1@example\.org>$/m)
  assert.match(to.mails[0]!, /^Subject: \[critical, new\] flights: quality of origin and 1 more$/m)
  assert.match(to.mails[0]!, /^- origin is missing in most rows/m)
})

test('a recipient that is refused for good is not tried again, and one refused for now is', async () => {
  for (const [answer, kind] of [
    ['550 5.1.1 nobody of that name', 'refused'],
    ['451 4.3.0 come back later', 'failed'],
  ] as const) {
    const to = await openMailServer(answer)
    const channel = channelOf('email', { url: to.url, from: 'keel@example.org', to: ['ada@example.org'] })
    assert.equal((await openChannel(channel, { print }).send(delivery())).kind, kind)
    await to.close()
  }
})

test('no subject, sender or name can smuggle a header or a recipient into a mail', async () => {
  const to = await openMailServer()
  const channel = channelOf('email', { url: to.url, from: 'keel@example.org', to: ['ada@example.org'] })
  const title = 'flights\r\nBcc: eve@example.org'
  await openChannel(channel, { print }).send(delivery(messageOf({ title })))
  await to.close()
  assert.doesNotMatch(to.mails[0]!, /^Bcc:/m)
  assert.equal(to.lines.filter((line) => line.startsWith('RCPT')).length, 1)
})

test('an Alertmanager that takes it is enough, whatever its replicas do', async () => {
  const [dead, alive] = [await openReceiver(() => ({ status: 500 })), await openReceiver()]
  const channel = openChannel(channelOf('alertmanager', { urls: [dead.url, alive.url] }), { print })
  assert.deepEqual(await channel.send(delivery()), { kind: 'delivered' })
  assert.equal(dead.received.length, 1)
  await alive.close()
  assert.equal((await channel.send(delivery())).kind, 'failed')
  await dead.close()
})

test('a redirect is not followed', async () => {
  const elsewhere = await openReceiver()
  const to = await openReceiver(() => ({ status: 307, headers: { location: elsewhere.url } }))
  const channel = openChannel(channelOf('slack', { url: to.url }), { print })
  assert.equal((await channel.send(delivery())).kind, 'refused')
  assert.equal(elsewhere.received.length, 0)
  await to.close()
  await elsewhere.close()
})

test('without TLS and without being allowed to, nothing is sent', async () => {
  const to = await openReceiver()
  const outcome = await openChannel(channelOf('slack', { url: to.url, allowPlain: false }), { print }).send(delivery())
  assert.equal(outcome.kind, 'refused')
  assert.equal(to.received.length, 0)
  await to.close()
})

test('this machine, private networks and the cloud’s metadata are not called unless they are allowed', async () => {
  const to = await openReceiver()
  for (const host of [`127.0.0.1:${to.port}`, `localhost:${to.port}`, `[::1]:${to.port}`, `0x7f000001:${to.port}`]) {
    const channel = openChannel(channelOf('slack', { url: `http://${host}/`, allow: [] }), { print })
    assert.equal((await channel.send(delivery())).kind, 'refused', host)
  }
  const mail = channelOf('email', {
    url: `smtp://127.0.0.1:${to.port}`,
    from: 'a@b.example',
    to: ['c@d.example'],
    allow: [],
  })
  assert.equal((await openChannel(mail, { print }).send(delivery())).kind, 'refused')
  assert.equal(to.received.length, 0)
  await to.close()
})

test('a name is resolved once, and the call goes to the address that was checked', async () => {
  const to = await openReceiver()
  const asked: string[] = []
  const resolver = async (host: string) => {
    asked.push(host)
    // The second answer is what a rebinding name server would give.
    return [{ address: asked.length === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 as const }]
  }
  const url = `http://hooks.example:${to.port}/a`
  const channel = openChannel(channelOf('slack', { url }), { print, resolver })
  assert.deepEqual(await channel.send(delivery()), { kind: 'delivered' })
  assert.deepEqual(asked, ['hooks.example'])
  assert.equal(to.received[0]?.headers.host, `hooks.example:${to.port}`)
  assert.equal((await channel.send(delivery())).kind, 'refused')
  assert.equal(to.received.length, 1)
  await to.close()
})

test('one forbidden address among those of a name forbids the name', async () => {
  const resolver = async () => [
    { address: '93.184.216.34', family: 4 as const },
    { address: '169.254.169.254', family: 4 as const },
  ]
  assert.equal((await resolveHost('hooks.example', [], resolver)).kind, 'refused')
  assert.equal((await resolveHost('hooks.example', ['169.254.0.0/16'], resolver)).kind, 'found')
})

test('an address is public only if it is routed everywhere, in whatever clothes it comes', () => {
  const hidden = `0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.31.255.255 192.168.1.1 198.18.0.1 224.0.0.1
    255.255.255.255 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 ff02::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1
    64:ff9b::7f00:1 2001::1 2001:db8::1 2002:7f00:1:: localhost 1.2.3`.split(/\s+/)
  assert.deepEqual(hidden.filter(isPublic), [])
  const open = ['8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001:80e::200e']
  assert.deepEqual(open.filter(isPublic), open)
})
