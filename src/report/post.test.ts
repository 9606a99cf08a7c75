import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createAuthority } from '../../test/controlplane/certificates.ts'
import { type Receiver, type Reply, startReceiver } from '../../test/receiver.ts'
import { openTunnel } from '../kube/tunnel.ts'
import { createPost, type Message, type PostOptions, type ProxyServer } from './post.ts'
import { PostError } from './post-error.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const never = new AbortController().signal

async function receiver(...script: Reply[]): Promise<Receiver> {
  const started = await startReceiver((_message, count) => script[count - 1] ?? 200)
  closing.push(started.close)
  return started
}

function messageTo(url: string): Message {
  return { url: new URL(url), contentType: 'application/json', body: '{"text":"ä"}' }
}

async function errorOf(url: string, options: PostOptions = {}): Promise<PostError> {
  const error = await createPost(options)(messageTo(url), never).catch((caught: unknown) => caught)
  if (!(error instanceof PostError)) throw new Error(`not a PostError: ${String(error)}`)
  return error
}

test.each([200, 201, 202, 204])('a message that is answered %i was taken', async (status) => {
  const { origin, received } = await receiver(status)
  await createPost()(messageTo(`${origin}/hook?b=2&a=1`), never)
  expect(received).toEqual([
    expect.objectContaining({ method: 'POST', target: '/hook?b=2&a=1', body: '{"text":"ä"}' }),
  ])
  expect(received[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'content-length': '13',
    'user-agent': 'reloader',
    connection: 'close',
  })
})

test('user and password in the URL become basic authentication', async () => {
  const { port, received } = await receiver()
  await createPost()(messageTo(`http://me:pa%20ss@127.0.0.1:${port}/`), never)
  const { authorization } = received[0]?.headers ?? {}
  expect(authorization).toBe(`Basic ${Buffer.from('me:pa ss').toString('base64')}`)
})

test.each([
  [400, true, 'it answered 400'],
  [403, true, 'it answered 403'],
  [404, true, 'it answered 404'],
  [408, false, 'it answered 408'],
  [429, false, 'it answered 429'],
  [500, false, 'it answered 500'],
  [503, false, 'it answered 503'],
])('an answer of %i is an error, and final: %s', async (status, final, problem) => {
  const { origin } = await receiver(status)
  const error = await errorOf(`${origin}/secret-path?token=secret`)
  expect(error.message).toBe(`Cannot post to ${origin}: ${problem}`)
  expect(error.final).toBe(final)
})

test.each([301, 302, 303, 307, 308])(
  'a redirect (%i) is refused unless redirects were asked for',
  async (status) => {
    const { origin, received } = await receiver({ status, headers: { location: '/elsewhere-secret' } })
    const error = await errorOf(`${origin}/`)
    expect(error.message).toBe(
      `Cannot post to ${origin}: it answered ${status}, a redirect, which is not followed`,
    )
    expect(error.final).toBe(true)
    expect(received).toHaveLength(1)
  },
)

test.each([301, 302, 307, 308])(
  'where redirects were asked for, %i is followed by the same POST',
  async (status) => {
    const target = await receiver()
    const { origin, received } = await receiver({ status, headers: { location: `${target.origin}/there` } })
    await createPost({ maxRedirects: 1 })(messageTo(`${origin}/here`), never)
    expect(received).toHaveLength(1)
    expect(target.received).toEqual([
      expect.objectContaining({ method: 'POST', target: '/there', body: '{"text":"ä"}' }),
    ])
  },
)

test('redirects are followed only so often, and never to what is not http', async () => {
  const loop = await receiver(...Array<Reply>(5).fill({ status: 307, headers: { location: '/' } }))
  expect((await errorOf(loop.origin, { maxRedirects: 2 })).message).toContain('it answered 307')
  expect(loop.received).toHaveLength(3)
  const odd = await receiver({ status: 307, headers: { location: 'file:///etc/passwd' } })
  expect((await errorOf(odd.origin, { maxRedirects: 2 })).message).toContain('it answered 307')
})

test('user and password go to another host with no redirect', async () => {
  const target = await receiver()
  const { port } = await receiver({ status: 307, headers: { location: `${target.origin}/there` } })
  await createPost({ maxRedirects: 1 })(messageTo(`http://me:pass@127.0.0.1:${port}/`), never)
  expect(target.received[0]?.headers.authorization).toBeUndefined()
})

test('Retry-After is told in seconds or as a date, and is believed up to a minute', async () => {
  const answers = ['7', '100000', new Date(Date.now() - 5_000).toUTCString(), 'soon']
  const { origin } = await receiver(
    ...answers.map((value) => ({ status: 429, headers: { 'retry-after': value } })),
  )
  const waits: number[] = []
  for (const _ of answers) waits.push((await errorOf(origin)).retryAfterMs)
  expect(waits).toEqual([7_000, 60_000, 0, 0])
})

test('no answer within the time limit is an error that can pass', async () => {
  const { origin } = await receiver('hang')
  const error = await errorOf(`${origin}/secret`, { timeoutMs: 50 })
  expect(error.message).toBe(`Cannot post to ${origin}: no answer within 0.05 s`)
  expect(error.final).toBe(false)
})

test('an answer whose body never ends counts as what its status says', async () => {
  const { origin } = await receiver('half')
  await expect(createPost({ timeoutMs: 1_000 })(messageTo(origin), never)).resolves.toBeUndefined()
})

test('a connection that is closed, or refused, is an error that can pass', async () => {
  const { origin, close } = await receiver('close')
  const closed = await errorOf(`${origin}/secret`)
  expect(closed.message).toBe(`Cannot post to ${origin}: socket hang up`)
  await close()
  const refused = await errorOf(`${origin}/secret`)
  expect(refused.message).toMatch(/^Cannot post to http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/)
  expect([closed.final, refused.final]).toEqual([false, false])
})

test('more messages than there are connections for are sent one after the other', async () => {
  let underWay = 0
  let most = 0
  const started = await startReceiver(async () => {
    underWay += 1
    most = Math.max(most, underWay)
    await new Promise(setImmediate)
    underWay -= 1
    return 200
  })
  closing.push(started.close)
  const post = createPost()
  await Promise.all(Array.from({ length: 100 }, () => post(messageTo(started.origin), never)))
  expect(started.received).toHaveLength(100)
  expect(most).toBeLessThanOrEqual(32)
})

test('an abort ends a message under way with its reason, and none is begun after it', async () => {
  const stop = new AbortController()
  const { origin, received } = await startReceiver(() => {
    stop.abort(new Error('stopped'))
    return 'hang'
  }).then((started) => {
    closing.push(started.close)
    return started
  })
  const post = createPost()
  await expect(post(messageTo(origin), stop.signal)).rejects.toThrow('stopped')
  await expect(post(messageTo(origin), stop.signal)).rejects.toThrow('stopped')
  expect(received).toHaveLength(1)
})

/** A proxy that hands tunnels for any name to `port`. */
async function tunnelProxy(port: number) {
  const asked: string[] = []
  const sockets: Socket[] = []
  const proxy = createHttpServer()
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(upstream).pipe(socket)
    })
    for (const each of [upstream, socket]) sockets.push(each.on('error', () => {}))
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  const address = proxy.address()
  return { asked, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

function through(url: string): ProxyServer {
  return {
    url: new URL(url),
    openTunnel: (target, { signal }) => openTunnel(url, target, { signal }),
  }
}

test('an http proxy is asked for the whole URL of an http target, and each of the two gets its own password', async () => {
  const proxy = await receiver()
  const post = createPost({ proxy: through(`http://me:pass@127.0.0.1:${proxy.port}`) })
  await post(messageTo('http://you:word@hooks.test/a?b=c'), never)
  expect(proxy.received).toEqual([
    expect.objectContaining({ method: 'POST', target: 'http://hooks.test/a?b=c', body: '{"text":"ä"}' }),
  ])
  expect(proxy.received[0]?.headers).toMatchObject({
    host: 'hooks.test',
    'proxy-authorization': `Basic ${Buffer.from('me:pass').toString('base64')}`,
    authorization: `Basic ${Buffer.from('you:word').toString('base64')}`,
  })
})

test('an https target is reached through a tunnel, and its certificate is checked inside it', async () => {
  const { key, certificate: cert } = createAuthority().issueServer(['hooks.test'])
  const target = await startReceiver(
    () => 200,
    (listener) => createHttpsServer({ key, cert }, listener),
  )
  closing.push(target.close)
  const { asked, port } = await tunnelProxy(target.port)
  const error = await errorOf('https://hooks.test/secret', { proxy: through(`http://127.0.0.1:${port}`) })
  expect(asked).toEqual(['hooks.test:443'])
  expect(error.message).toMatch(/^Cannot post to https:\/\/hooks\.test: (self-signed|unable to)/)
  expect(target.received).toEqual([])
})

test('a proxy that opens no tunnel is named without its password', async () => {
  const proxy = await receiver()
  const error = await errorOf('https://hooks.test/secret', {
    proxy: through(`http://me:password@127.0.0.1:${proxy.port}`),
  })
  expect(error.message).toMatch(
    /^Cannot post to https:\/\/hooks\.test: the proxy 127\.0\.0\.1:\d+ opened no tunnel/,
  )
})

test('a proxy that hangs is given up within the time limit', async () => {
  const proxy = createHttpServer().on('connect', (_request, socket: Socket) => {
    closing.unshift(async () => socket.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  closing.push(async () => proxy.close())
  const address = proxy.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const error = await errorOf('https://hooks.test/', {
    proxy: through(`http://127.0.0.1:${port}`),
    timeoutMs: 50,
  })
  expect(error.message).toBe('Cannot post to https://hooks.test: no answer within 0.05 s')
})
