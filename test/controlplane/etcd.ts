// etcd's own JSON gateway, for the one thing that the Kubernetes API cannot be asked for.
import { request } from 'node:http'

/** Throws every revision before the present one away, and resolves when that is done on disk, too. */
export async function compactEtcd(port: number): Promise<void> {
  const nothing = Buffer.from('/nothing').toString('base64')
  const { header } = await post<{ header: { revision: string } }>(port, '/v3/kv/range', { key: nothing })
  await post(port, '/v3/kv/compaction', { revision: header.revision, physical: true })
}

/** Whether etcd answers and can be written to. */
export async function etcdIsHealthy(port: number): Promise<boolean> {
  const version = await post(port, '/v3/maintenance/status', {}).catch(() => undefined)
  return version !== undefined
}

async function post<T>(port: number, path: string, body: unknown): Promise<T> {
  const { status, text } = await send(port, path, JSON.stringify(body))
  if (status !== 200) throw new Error(`Cannot ask etcd for ${path}: ${status} ${text}`)
  return JSON.parse(text)
}

function send(port: number, path: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.once('error', reject)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}
