import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { gatherWrites } from './gather.ts'

/** Sends text and resolves to all that comes until the server ends the connection, read in pieces of the size given. */
async function exchange(
  t: TestContext,
  handle: RequestListener,
  text: string,
  highWaterMark = 65_536,
): Promise<string> {
  const server = createServer(handle).on('connection', gatherWrites)
  t.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const options = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, highWaterMark }
  const socket = net.connect(options)
  socket.write(text)
  let answer = ''
  for await (const chunk of socket) {
    answer += (chunk as Buffer).toString('latin1')
    await new Promise(setImmediate)
  }
  return answer
}

const get = (path: string, last = false) =>
  `GET ${path} HTTP/1.1\r\nhost: here\r\n${last ? 'connection: close\r\n' : ''}\r\n`
const bodiesOf = (answers: string) => [...answers.matchAll(/\r\n\r\n([a-z0-9]*)(?=HTTP|$)/g)].map(([, body]) => body)

test('answers to requests of one packet come whole and in the order of the requests', async (t) => {
  const paths = Array.from({ length: 20 }, (_, i) => `/a${i}`)
  const text = paths.map((path, i) => get(path, i === 19)).join('')
  const answers = await exchange(t, ({ url }, response) => void response.end(url!.slice(1)), text)
  assert.deepEqual(
    bodiesOf(answers),
    paths.map((path) => path.slice(1)),
  )
})

test('text and bytes, one answer in parts and one larger than what is gathered, arrive as they were written', async (t) => {
  const large = 'x'.repeat(3_000_000)
  const answers = await exchange(
    t,
    ({ url }, response) => {
      if (url === '/large') response.end(large)
      else if (url === '/bytes') response.end(Buffer.from('bytes'))
      else {
        response.setHeader('content-length', 4)
        response.write('pa')
        setImmediate(() => response.end(Buffer.from('rt')))
      }
    },
    get('/bytes') + get('/large') + get('/parts') + get('/bytes', true),
    4096,
  )
  assert.deepEqual(bodiesOf(answers), ['bytes', large, 'part', 'bytes'])
})

test('an answer of the turn in which the server closes its idle connections still arrives', async (t) => {
  const server = createServer((_request, response) => {
    response.end('last', () => server.closeAllConnections())
  }).on('connection', gatherWrites)
  t.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(get('/'))
  let answer = ''
  for await (const chunk of socket) answer += (chunk as Buffer).toString('latin1')
  assert.deepEqual(bodiesOf(answer), ['last'])
})
