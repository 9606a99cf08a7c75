// What a controller at rest costs the API server.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '../src/kube/http-client.ts'
import { loadConnection } from '../src/kube/load-connection.ts'
import type { RawObject } from '../src/kube/raw-object.ts'
import { connectControlPlane } from '../test/controlplane/share.ts'
import type { Cluster } from '../test/scenarios/cluster.ts'
import { kubeconfigThrough } from '../test/scenarios/harness/kubeconfig-through.ts'
import { documentedPermissions } from '../test/scenarios/harness/permissions.ts'
import { type ByteCounter, startByteCounter } from './byte-counter.ts'
import {
  CONFIG_MAPS,
  client,
  configMap,
  DEPLOYMENTS,
  deployment,
  inBatches,
  makeNamespace,
  recorded,
  startController,
  until,
} from './cluster.ts'

async function unobserved(namespace: string): Promise<number> {
  const reduce = ({ status }: RawObject) =>
    JSON.stringify(status ?? {}).includes('"observedGeneration"') ? undefined : true
  return (await client.list(DEPLOYMENTS, { namespace, reduce })).items.length
}

const REST_SECONDS = Number(process.env.REST_SECONDS ?? 300)

type Bytes = ReadonlyMap<string, number>

/** MiB an hour in the time of a rest, and what they were for. */
function hourly(before: Bytes, after: Bytes): string {
  const mebibytes = (bytes: number) => ((bytes * 3_600) / REST_SECONDS / 2 ** 20).toFixed(1)
  const grown = [...after].map(([request, bytes]) => [request, bytes - (before.get(request) ?? 0)] as const)
  const parts = grown.filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a)
  const total = parts.reduce((sum, [, bytes]) => sum + bytes, 0)
  const detail = parts.map(([request, bytes]) => `${request} ${mebibytes(bytes)}`).join(', ')
  return `${mebibytes(total)} MiB an hour (${detail})`
}

/** Resolves once nothing was written for five seconds: records are written one ConfigMap a second. */
async function written({ bytes }: ByteCounter): Promise<void> {
  const writes = () =>
    [...bytes()].reduce((sum, [request, each]) => (/^P(OS|U)T /.test(request) ? sum + each : sum), 0)
  for (let before = -1; before !== writes(); ) {
    before = writes()
    await new Promise((resolve) => setTimeout(resolve, 5_000))
  }
}

/** What the incumbent asks at rest, by its source: it watches whole ConfigMaps and Secrets, and lists nothing. */
async function wholeWatches(namespace: string, cluster: Cluster, directory: string): Promise<string> {
  const counter = await startByteCounter(cluster)
  const stop = new AbortController()
  const kubeconfig = join(directory, 'whole.kubeconfig')
  await writeFile(kubeconfig, kubeconfigThrough(cluster.adminKubeconfig, counter.server), { mode: 0o600 })
  const connection = await loadConnection({ env: process.env, kubeconfig })
  const watcher = createClient({ connection, userAgent: 'reloader-figures' })
  const watched = [CONFIG_MAPS, { ...CONFIG_MAPS, plural: 'secrets' }].map(async (resource) => {
    const events = watcher.watch(resource, {
      namespace,
      resourceVersion: '',
      sendInitialEvents: true,
      signal: stop.signal,
    })
    for await (const event of events) void event
  })
  await new Promise((resolve) => setTimeout(resolve, 10_000))
  const before = counter.bytes()
  await new Promise((resolve) => setTimeout(resolve, REST_SECONDS * 1_000))
  const after = counter.bytes()
  stop.abort()
  await Promise.allSettled(watched)
  await counter.stop()
  return hourly(before, after)
}

/** What a controller at rest asks of the API server, with 5,000 followed Deployments: watching, and where RBAC forbids that. */
export async function atRest(count: number): Promise<void> {
  const file = process.env.RELOADER_TEST_CLUSTER
  if (file === undefined) throw new Error('Cannot measure: RELOADER_TEST_CLUSTER names no control plane')
  const cluster = connectControlPlane(file)
  const namespace = await makeNamespace(`rest-${Date.now()}`)
  await inBatches(count, async (index) => {
    await client.create(CONFIG_MAPS, configMap(namespace, `c${index}`, { key: 'value' }))
    await client.create(DEPLOYMENTS, deployment(namespace, `d${index}`, [`c${index}`]))
  })
  // Before that, the controller manager still writes their status.
  await until(async () => (await unobserved(namespace)) === 0)
  const directory = await mkdtemp(join(tmpdir(), 'reloader-rest-'))
  for (const watchWorkloads of [true, false]) {
    const name = watchWorkloads ? 'watching' : 'polling'
    const home = await makeNamespace(`${name}-${Date.now()}`)
    const permissions = documentedPermissions({ name: 'reloader', watchWorkloads })
    const credentials = await cluster.controllerKubeconfig({
      namespace: home,
      name: 'reloader',
      ...permissions,
    })
    const counter = await startByteCounter(cluster)
    const kubeconfig = join(directory, `${name}.kubeconfig`)
    await writeFile(kubeconfig, kubeconfigThrough(credentials, counter.server), { mode: 0o600 })
    const controller = await startController(home, `--namespaces=${namespace}`, `--kubeconfig=${kubeconfig}`)
    await recorded(controller, count)
    await written(counter)
    const before = { bytes: counter.bytes(), cpu: await controller.metric('process_cpu_seconds_total') }
    await new Promise((resolve) => setTimeout(resolve, REST_SECONDS * 1_000))
    const cpu = (await controller.metric('process_cpu_seconds_total')) - before.cpu
    console.log(
      `at rest with ${count} Deployments, ${name}: ${hourly(before.bytes, counter.bytes())}, ${(cpu / REST_SECONDS).toFixed(4)} cores, ${controller.rss().toFixed(0)} MiB`,
    )
    await controller.stop()
    await counter.stop()
  }
  console.log(
    `at rest with ${count} Deployments, the incumbent's watches: ${await wholeWatches(namespace, cluster, directory)}`,
  )
  await rm(directory, { recursive: true })
}
