import { createServer as createHttpServer } from 'node:http'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { base64, closing, getWeb, kubeconfig, listen, startApi } from '../../test/kube/connection-bench.ts'

async function startProxy(port: number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const proxy = createHttpServer()
  const sockets: Socket[] = []
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
    if (asked.length > 1 && request.headers['proxy-authorization'] === undefined) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(upstream).pipe(socket)
    })
    upstream.on('error', () => {})
    socket.on('error', () => {})
    sockets.push(socket, upstream)
  })
  const url = `127.0.0.1:${await listen(proxy)}`
  closing.unshift(() => {
    for (const socket of sockets) socket.destroy()
    proxy.closeAllConnections()
  })
  return { url, asked }
}

test('requests and watches go through the proxy that the kubeconfig or the environment names', async () => {
  const api = await startApi()
  const proxy = await startProxy(api.port)
  const server = 'https://kube.test:6443'
  await getWeb({ env: { HTTPS_PROXY: `http://${proxy.url}` }, kubeconfig: kubeconfig('a', server) }, 3)
  await getWeb({
    env: {},
    kubeconfig: kubeconfig('b', server, { cluster: { 'proxy-url': `http://me:pa%20ss@${proxy.url}` } }),
  })
  expect(proxy.asked).toEqual(['kube.test:6443', `kube.test:6443 Basic ${base64('me:pa ss')}`])
  await expect(
    getWeb({ env: { https_proxy: proxy.url }, kubeconfig: kubeconfig('c', server) }),
  ).rejects.toThrow(
    `Cannot talk to the API server ${server}: the proxy ${proxy.url} opened no tunnel: it answered 407`,
  )
  expect(api.users).toHaveLength(4)
})

/** A SOCKS 5 proxy that asks for user `me` and password `secret`. */
async function startSocks(port: number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const sockets: Socket[] = []
  const server = createTcpServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    let stage = 0
    socket.on('data', (bytes: Buffer) => {
      stage += 1
      if (stage === 1) socket.write(Buffer.from([5, 2]))
      else if (stage === 2) {
        asked.push(
          bytes
            .subarray(2)
            .toString('latin1')
            .replace(/[^a-z]/g, ' '),
        )
        socket.write(Buffer.from([1, 0]))
      } else if (stage === 3) {
        asked.push(`${bytes.subarray(5, -2)}:${bytes.readUInt16BE(bytes.length - 2)}`)
        socket.removeAllListeners('data')
        const upstream = connect(port, '127.0.0.1', () => {
          // In two pieces, and with an address of another kind than was asked for.
          socket.write(Buffer.from([5, 0, 0]))
          setImmediate(() => socket.write(Buffer.from([1, 127, 0, 0, 1, 0, 80])))
          socket.pipe(upstream).pipe(socket)
        })
        upstream.on('error', () => {})
        sockets.push(upstream)
      }
    })
  })
  const url = `127.0.0.1:${await listen(server)}`
  closing.unshift(() => {
    for (const socket of sockets) socket.destroy()
  })
  return { url, asked }
}

test('requests go through a SOCKS 5 proxy, which resolves the name', async () => {
  const api = await startApi()
  const proxy = await startSocks(api.port)
  await getWeb(
    {
      env: {},
      kubeconfig: kubeconfig('a', 'https://kube.test:6443', {
        cluster: { 'proxy-url': `socks5://me:secret@${proxy.url}` },
      }),
    },
    2,
  )
  expect(proxy.asked).toEqual(['me secret', 'kube.test:6443'])
  expect(api.users).toHaveLength(2)
})
