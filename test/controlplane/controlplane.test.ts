import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ApiAccess, callApi, watchApi } from './api.ts'
import { runTool } from './run-tool.ts'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from './share.ts'
import { until } from './until.ts'
import { serveMutatingWebhook } from './webhook.ts'

const cluster = connectControlPlane(process.env[CLUSTER_FILE_VARIABLE] ?? '')
const admin: ApiAccess = { server: cluster.server, ca: cluster.ca, token: cluster.adminToken }

interface Object {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation: number
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly status: Readonly<Record<string, number | undefined>>
}

interface List {
  readonly metadata: { readonly resourceVersion: string }
  readonly items: readonly Object[]
}

/** A namespace of the test's own, so that tests do not see each other's objects. */
async function namespace(): Promise<string> {
  const name = `test-${randomBytes(4).toString('hex')}`
  await create('/api/v1/namespaces', { metadata: { name } })
  return name
}

async function create(path: string, body: unknown): Promise<Object> {
  const answer = await callApi<Object>(admin, path, { method: 'POST', body })
  expect(answer).toMatchObject({ status: 201 })
  return answer.body
}

function workload(kind: string, replicas: number | undefined): unknown {
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }
  return { kind, metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: labels }, template } }
}

async function changeTemplate(path: string, value: string): Promise<void> {
  const template = { metadata: { annotations: { changed: value } } }
  const options = { method: 'PATCH', contentType: 'application/strategic-merge-patch+json' } as const
  const { status } = await callApi(admin, path, { ...options, body: { spec: { template } } })
  expect(status).toBe(200)
}

async function get(path: string): Promise<Object> {
  return (await callApi<Object>(admin, path)).body
}

async function list(path: string): Promise<readonly Object[]> {
  return (await callApi<List>(admin, path)).body.items
}

function namesOf(objects: readonly Object[]): string[] {
  return objects.map(({ metadata }) => metadata.uid).sort()
}

/** Resolves when the controller has seen the present template and `wanted` says that its pods are as they should be. */
function rolledOut(path: string, wanted: (status: Object['status']) => boolean): Promise<Object> {
  const isDone = async () => {
    const object = await get(path)
    return object.status.observedGeneration === object.metadata.generation && wanted(object.status) && object
  }
  return until(isDone, { what: `The rollout of ${path}` })
}

describe('the workload controllers', () => {
  it('a Deployment has one ReplicaSet, and one more with new pods when its template changes', async () => {
    const apps = `/apis/apps/v1/namespaces/${await namespace()}`
    const pods = apps.replace('/apis/apps/v1', '/api/v1').concat('/pods')
    const isReady = (status: Object['status']) =>
      status.updatedReplicas === 2 && status.replicas === 2 && status.availableReplicas === 2

    await create(`${apps}/deployments`, workload('Deployment', 2))
    await rolledOut(`${apps}/deployments/web`, isReady)
    const before = namesOf(await list(pods))
    expect(await list(`${apps}/replicasets`)).toHaveLength(1)
    expect(before).toHaveLength(2)

    await changeTemplate(`${apps}/deployments/web`, 'once')
    await rolledOut(`${apps}/deployments/web`, isReady)
    const after = await until(async () => (await list(pods)).length === 2 && namesOf(await list(pods)), {
      what: 'Two pods',
    })
    expect(await list(`${apps}/replicasets`)).toHaveLength(2)
    expect(after.filter((uid) => before.includes(uid))).toEqual([])
  })

  it.each([
    {
      kind: 'StatefulSet',
      replicas: 3,
      count: 3,
      wanted: { updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 },
    },
    {
      kind: 'DaemonSet',
      replicas: undefined,
      count: 2,
      wanted: { updatedNumberScheduled: 2, numberAvailable: 2 },
    },
  ])(
    'the pods of a $kind are all replaced when its template changes',
    async ({ kind, replicas, count, wanted }) => {
      const name = await namespace()
      const collection = `/apis/apps/v1/namespaces/${name}/${kind.toLowerCase()}s`
      const pods = `/api/v1/namespaces/${name}/pods`
      const isReady = (status: Object['status']) =>
        Object.entries(wanted).every(([field, value]) => status[field] === value)

      await create(collection, workload(kind, replicas))
      await rolledOut(`${collection}/web`, isReady)
      const before = namesOf(await list(pods))
      expect(before).toHaveLength(count)

      await changeTemplate(`${collection}/web`, 'once')
      await rolledOut(`${collection}/web`, isReady)
      const after = namesOf(await list(pods))
      expect(after).toHaveLength(count)
      expect(after.filter((uid) => before.includes(uid))).toEqual([])
    },
  )

  it('a Job runs to its end and a deleted owner takes its pods along', async () => {
    const name = await namespace()
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'once', image: 'once:1' }] } }
    const job = `/apis/batch/v1/namespaces/${name}/jobs`
    await create(job, { metadata: { name: 'once' }, spec: { template } })
    await until(async () => (await get(`${job}/once`)).status.succeeded === 1, {
      what: 'The Job being complete',
    })

    const options = { method: 'DELETE', body: { propagationPolicy: 'Background' } } as const
    await callApi(admin, `${job}/once`, options)
    const pods = `/api/v1/namespaces/${name}/pods`
    await until(async () => (await list(pods)).length === 0, { what: 'The end of the pods' })
    expect(await list(job)).toEqual([])
  })
})

describe('kwok', () => {
  it('a Job that is told to keeps running while later ones come to their end', async () => {
    const name = await namespace()
    const jobs = `/apis/batch/v1/namespaces/${name}/jobs`
    const spec = { restartPolicy: 'Never', containers: [{ name: 'it', image: 'it:1' }] }
    const annotations = { 'reloader.test/keeps-running': 'true' }
    const isActive = async () => (await get(`${jobs}/long`)).status.ready === 1
    await create(jobs, {
      metadata: { name: 'long' },
      spec: { template: { metadata: { annotations }, spec } },
    })
    await until(isActive, { what: 'The Job being active' })
    await create(jobs, { metadata: { name: 'short' }, spec: { template: { spec } } })
    await until(async () => (await get(`${jobs}/short`)).status.succeeded === 1, {
      what: 'The later Job being complete',
    })
    expect(await isActive()).toBe(true)
  })
})

describe('the API server', () => {
  it('a ServiceAccount may do what was granted and is refused everything else', async () => {
    const name = await namespace()
    const kubeconfig = await cluster.controllerKubeconfig({
      namespace: name,
      name: 'limited',
      clusterRules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }],
      namespaceRules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['own'] }],
    })
    const kubectl = (...args: string[]) =>
      runTool(cluster.binaries.kubectl, ['--kubeconfig', kubeconfig, ...args])

    expect(await kubectl('get', 'configmaps', '--all-namespaces', '-o', 'name')).toContain(
      'extension-apiserver-authentication',
    )
    await expect(kubectl('get', 'secret', 'own', '-n', name)).rejects.toThrow('NotFound')
    await expect(kubectl('get', 'secret', 'other', '-n', name)).rejects.toThrow('Forbidden')
    await expect(kubectl('get', 'secret', 'own', '-n', 'default')).rejects.toThrow('Forbidden')
    await expect(kubectl('get', 'deployments')).rejects.toThrow('Forbidden')
  })

  it('a request without a token is refused', async () => {
    const answer = await callApi({ server: cluster.server, ca: cluster.ca }, '/api/v1/secrets')
    expect(answer).toMatchObject({ status: 403, body: { reason: 'Forbidden' } })
  })

  it('a client certificate stands for its user', async () => {
    const flags = ['--client-certificate', cluster.adminCertificate, '--client-key', cluster.adminKey]
    const files = ['--server', cluster.server, '--certificate-authority', join(cluster.directory, 'ca.crt')]
    const env = { KUBECONFIG: '/dev/null' }
    const whoami = await runTool(
      cluster.binaries.kubectl,
      ['auth', 'whoami', '-o', 'json', ...flags, ...files],
      { env },
    )
    expect(JSON.parse(whoami)).toMatchObject({ status: { userInfo: { username: 'admin' } } })
  })

  it('a restart keeps content and address', async () => {
    const path = `/api/v1/namespaces/${await namespace()}/configmaps`
    const { metadata } = await create(path, { metadata: { name: 'kept' }, data: { key: 'value' } })
    await cluster.restartApiServer()
    expect(await get(`${path}/kept`)).toMatchObject({
      metadata: { uid: metadata.uid },
      data: { key: 'value' },
    })
  })

  it('a watch from before a compaction is answered 410', async () => {
    const path = `/api/v1/namespaces/${await namespace()}/configmaps`
    const { metadata } = await create(path, { metadata: { name: 'early' } })
    await create(path, { metadata: { name: 'late' } })
    await cluster.compact()

    const events = watchApi(admin, `${path}?watch=true&resourceVersion=${metadata.resourceVersion}`)
    const first = await events.next()
    await events.return(undefined)
    expect(first.value).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
  })

  it('a mutating webhook changes what is written', async () => {
    const name = await namespace()
    const webhook = await serveMutatingWebhook(admin, {
      name,
      namespace: name,
      resources: ['deployments'],
      mutate: () => [{ op: 'add', path: '/metadata/annotations', value: { mutated: 'yes' } }],
    })
    const { metadata } = await create(
      `/apis/apps/v1/namespaces/${name}/deployments`,
      workload('Deployment', 0),
    )
    expect(metadata.annotations).toMatchObject({ mutated: 'yes' })
    expect(webhook.calls()).toBe(1)
    await webhook.close()
  })
})

describe('the tools', () => {
  const env = { KUBECONFIG: cluster.adminKubeconfig }

  it('kubectl applies, and sees a rollout to its end', async () => {
    const name = await namespace()
    const manifest = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'applied', namespace: name },
    })
    expect(await runTool(cluster.binaries.kubectl, ['apply', '-f', '-'], { env, input: manifest })).toContain(
      'created',
    )
    await create(`/apis/apps/v1/namespaces/${name}/deployments`, workload('Deployment', 1))
    const status = ['rollout', 'status', 'deployment/web', '-n', name, '--timeout=30s']
    expect(await runTool(cluster.binaries.kubectl, status, { env })).toContain('successfully rolled out')
  })

  it('helm installs and upgrades a chart', async () => {
    const name = await namespace()
    const chart = join(await mkdtemp(join(cluster.directory, 'chart-')), 'chart')
    await mkdir(join(chart, 'templates'), { recursive: true })
    await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: chart\nversion: 0.1.0\n')
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'charted' },
      data: { key: '{{ .Values.key }}' },
    }
    await writeFile(join(chart, 'templates', 'config.yaml'), JSON.stringify(manifest))

    for (const value of ['first', 'second']) {
      await runTool(
        cluster.binaries.helm,
        ['upgrade', '--install', 'it', chart, '-n', name, '--set', `key=${value}`],
        { env },
      )
      expect(await get(`/api/v1/namespaces/${name}/configmaps/charted`)).toMatchObject({
        data: { key: value },
      })
    }
  })
})
