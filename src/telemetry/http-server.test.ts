import { once } from 'node:events'
import { request } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createHttpServer, type HttpAnswer } from './http-server.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function serve(answer: HttpAnswer, onError?: (error: unknown) => void) {
  const server = createHttpServer({
    listenAddress: { host: '127.0.0.1', port: 0 },
    answer,
    ...(onError !== undefined && { onError }),
  })
  const bound = await server.listen()
  const stop = new AbortController()
  const ended = server.run(stop.signal)
  stops.push(() => {
    stop.abort()
    return ended
  })
  return { ...bound, stop, ended }
}

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

function send(
  url: string,
  options: { readonly method?: string; readonly body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: options.method ?? 'GET', agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })
}

/** All that the server says to raw bytes until it hangs up. */
async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString()
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await once(socket, 'close')
  return text
}

test('the answer goes out with its status, type and length', async () => {
  const { url } = await serve(({ path, query }) => ({ status: 200, body: `${path} ${query.get('a')}` }))
  const { status, headers, body } = await send(`${url}/x?a=1`)
  expect(status).toBe(200)
  expect(body).toBe('/x 1')
  expect(headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(headers['content-length']).toBe('4')
})

test('HEAD gets the head of the answer only', async () => {
  const { url } = await serve(() => ({ status: 200, body: 'alive' }))
  const { headers, body } = await send(url, { method: 'HEAD' })
  expect(body).toBe('')
  expect(headers['content-length']).toBe('5')
})

test('other methods are refused', async () => {
  const { url } = await serve(() => ({ status: 200, body: '' }))
  const { status, headers } = await send(url, { method: 'POST', body: 'x' })
  expect(status).toBe(405)
  expect(headers.allow).toBe('GET, HEAD')
})

test('a request body is refused unread', async () => {
  const { port } = await serve(() => ({ status: 200, body: '' }))
  const answer = await sendRaw(
    port,
    'GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nonly the start',
  )
  expect(answer).toContain(' 413 ')
})

test('an answer that fails is 500, tells the client nothing and the owner everything', async () => {
  const errors: unknown[] = []
  const { url } = await serve(
    () => {
      throw new Error('inner detail')
    },
    (error) => errors.push(error),
  )
  expect(await send(url)).toMatchObject({ status: 500, body: 'internal error\n' })
  expect(errors).toEqual([new Error('inner detail')])
})

test('headers beyond the limit are refused', async () => {
  const { port } = await serve(() => ({ status: 200, body: '' }))
  expect(await sendRaw(port, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toContain(
    ' 431 ',
  )
})

test('bytes that are no HTTP are refused and the server lives on', async () => {
  const { port, url } = await serve(() => ({ status: 200, body: 'alive' }))
  expect(await sendRaw(port, '\u0000\u0001nonsense\r\n\r\n')).toContain(' 400 ')
  expect((await send(url)).body).toBe('alive')
})

test('a port that is in use is one clear line', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const server = createHttpServer({
    listenAddress: { host: '127.0.0.1', port },
    answer: () => ({ status: 200, body: '' }),
  })
  await expect(server.listen()).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${port}: the port is in use; choose another with --listen-address`,
  )
  other.close()
})

test('an abort closes idle connections and frees the port', async () => {
  const { url, port, stop, ended } = await serve(() => ({ status: 200, body: '' }))
  const idle = connect(port, '127.0.0.1')
  await once(idle, 'connect')
  await send(url)
  stop.abort()
  await ended
  await expect(send(url)).rejects.toThrow('ECONNREFUSED')
  idle.destroy()
})
