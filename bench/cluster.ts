// What the figures are measured with: a client of the cluster that KUBECONFIG names, a controller as a process, and objects.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { KubeClient } from '../src/kube/client.ts'
import { createClient } from '../src/kube/http-client.ts'
import { loadConnection } from '../src/kube/load-connection.ts'

const CORE = { group: '', version: 'v1' } as const
const NAMESPACES = { ...CORE, plural: 'namespaces' }
export const CONFIG_MAPS = { ...CORE, plural: 'configmaps' }
export const DEPLOYMENTS = { group: 'apps', version: 'v1', plural: 'deployments' }

/** Not the controller's. */
export const client = createClient({
  connection: await loadConnection({ env: process.env }),
  userAgent: 'reloader-figures',
})
const BUNDLE = process.env.RELOADER_BUNDLE ?? 'dist/reloader.mjs'

export interface Running {
  readonly child: ChildProcess
  readonly url: string
  rss(): number
  metric(name: string): Promise<number>
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** A controller of the whole cluster, ready. */
export async function startController(namespace: string, ...flags: string[]): Promise<Running> {
  const child = spawn(
    process.execPath,
    [
      ...(process.env.NODE_FLAGS ?? '--max-semi-space-size=1').split(' '),
      BUNDLE,
      '--listen-address=127.0.0.1:0',
      '--log-format=json',
      ...flags,
    ],
    { env: { ...process.env, RELOADER_NAMESPACE: namespace }, stdio: ['ignore', 'inherit', 'pipe'] },
  )
  // A measurement that fails leaves no controller behind.
  process.once('exit', () => child.kill())
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`Cannot start the controller: it ended with ${code}`)))
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      if (process.env.VERBOSE) console.error(line)
      const { msg, address } = parseLine(line)
      if (msg === 'listening') resolve(`http://${address}`)
    })
  })
  await until(async () => (await fetch(`${url}/readyz`)).ok)
  const statusOf = () => readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return {
    child,
    url,
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(statusOf())?.[1] ?? 0) / 1024,
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text()
      const samples = text
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      return samples.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    },
    async stop(signal = 'SIGTERM') {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill(signal)
      await ended
    },
  }
}

function parseLine(line: string): { readonly msg?: string; readonly address?: string } {
  try {
    return JSON.parse(line)
  } catch {
    return {}
  }
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const started = performance.now(); !(await condition()); ) {
    if (performance.now() - started > 300_000) throw new Error('Cannot go on: waited for five minutes')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export async function inBatches(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: 24 }, worker))
}

export function configMap(namespace: string, name: string, data: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data }
}

export function deployment(namespace: string, name: string, configs: readonly string[]) {
  const labels = { app: name }
  const container = {
    name: 'app',
    image: 'app',
    envFrom: configs.map((config) => ({ configMapRef: { name: config } })),
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name, annotations: { 'reloader.stakater.com/auto': 'true' } },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  }
}

export async function makeNamespace(name: string): Promise<string> {
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  return name
}

/** Counts rolls in a namespace by a watch of its own: STAKATER_ variables as they appear or change. */
export function watchRolls(namespace: string) {
  const stop = new AbortController()
  const rolls = new Map<string, number>()
  const stamps = new Map<string, string>()
  let lastMs = 0
  const count = async () => {
    const events = client.watch(DEPLOYMENTS, {
      namespace,
      resourceVersion: '',
      sendInitialEvents: true,
      signal: stop.signal,
    })
    for await (const event of events) {
      if (event.type === 'BOOKMARK') continue
      const { name } = event.object.metadata
      const spec = JSON.stringify(event.object.spec)
      const stamp = JSON.stringify([...spec.matchAll(/"STAKATER_[^}]*/g)].map(([text]) => text))
      if (stamps.has(name) && stamps.get(name) !== stamp) {
        rolls.set(name, (rolls.get(name) ?? 0) + 1)
        lastMs = performance.now()
      }
      stamps.set(name, stamp)
    }
  }
  const done = (async () => {
    // The API server ends the watch of who reads too slowly: start again, and let the stamps tell what came meanwhile.
    while (!stop.signal.aborted) {
      try {
        await count()
      } catch (error) {
        if (!stop.signal.aborted) throw error
      }
    }
  })()
  const total = () => [...rolls.values()].reduce((sum, count) => sum + count, 0)
  return {
    rolls,
    total,
    lastMs: () => lastMs,
    async end() {
      stop.abort()
      await done
    },
  }
}

export async function recorded(controller: Running, count: number): Promise<void> {
  await until(async () => (await controller.metric('reloader_records')) >= count)
}

export async function patchData(
  kube: KubeClient,
  namespace: string,
  name: string,
  value: string,
): Promise<void> {
  await kube.patch(CONFIG_MAPS, { namespace, name }, { type: 'merge', body: { data: { key: value } } })
}

/** One ConfigMap, `count` Deployments: the last PATCH after the write, and after the settle window. */
export async function deploymentVersions(namespace: string): Promise<readonly number[]> {
  const list = await client.list(DEPLOYMENTS, { namespace, reduce: ({ metadata }) => metadata })
  return [...list.items].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ generation = 0 }) => generation)
}
