// etcd's own JSON gateway, for the one thing that the Kubernetes API cannot be asked for.

/** Throws every revision before the present one away, and resolves when that is done on disk, too. */
export async function compactEtcd(port: number): Promise<void> {
  const nothing = Buffer.from('/nothing').toString('base64')
  const { header } = await post<{ header: { revision: string } }>(port, '/v3/kv/range', { key: nothing })
  await post(port, '/v3/kv/compaction', { revision: header.revision, physical: true })
}

/** Whether etcd answers. */
export async function etcdIsHealthy(port: number): Promise<boolean> {
  const status = await post(port, '/v3/maintenance/status', {}).catch(() => undefined)
  return status !== undefined
}

async function post<T>(port: number, path: string, body: unknown): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`Cannot ask etcd for ${path}: ${response.status} ${text}`)
  return JSON.parse(text)
}
