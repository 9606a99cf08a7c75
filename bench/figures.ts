// The figures that the project states about itself, measured on a real control plane that is given by KUBECONFIG:
//   node scripts/run-ts.mjs test/controlplane/run.ts        (prints what to export)
//   node scripts/run-ts.mjs bench/figures.ts [fan-out|separate|burst|memory|workloads|restart ...]
// These machines are noisy: quote medians of several runs, and compare only within one run.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { KubeClient } from '../src/kube/client.ts'
import { loadConnection } from '../src/kube/connection.ts'
import { createClient } from '../src/kube/http-client.ts'

const SETTLE_MS = 500
const CORE = { group: '', version: 'v1' } as const
const CONFIG_MAPS = { ...CORE, plural: 'configmaps' }
const NAMESPACES = { ...CORE, plural: 'namespaces' }
const DEPLOYMENTS = { group: 'apps', version: 'v1', plural: 'deployments' }

const client = createClient({
  connection: await loadConnection({ env: process.env }),
  userAgent: 'reloader-figures',
})
const BUNDLE = process.env.RELOADER_BUNDLE ?? 'dist/reloader.mjs'

interface Running {
  readonly child: ChildProcess
  readonly url: string
  rss(): number
  metric(name: string): Promise<number>
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** A controller of the whole cluster, ready. */
async function startController(namespace: string, ...flags: string[]): Promise<Running> {
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

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const started = performance.now(); !(await condition()); ) {
    if (performance.now() - started > 300_000) throw new Error('Cannot go on: waited for five minutes')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function inBatches(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: 24 }, worker))
}

function configMap(namespace: string, name: string, data: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data }
}

function deployment(namespace: string, name: string, configs: readonly string[]) {
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

async function makeNamespace(name: string): Promise<string> {
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  return name
}

/** Counts rolls in a namespace by a watch of its own: STAKATER_ variables as they appear or change. */
function watchRolls(namespace: string) {
  const stop = new AbortController()
  const rolls = new Map<string, number>()
  const stamps = new Map<string, string>()
  let lastMs = 0
  const done = (async () => {
    const events = client.watch(DEPLOYMENTS, {
      namespace,
      resourceVersion: '',
      sendInitialEvents: true,
      signal: stop.signal,
    })
    try {
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
    } catch (error) {
      if (!stop.signal.aborted) throw error
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

async function recorded(controller: Running, count: number): Promise<void> {
  await until(async () => (await controller.metric('reloader_records')) >= count)
}

async function patchData(kube: KubeClient, namespace: string, name: string, value: string): Promise<void> {
  await kube.patch(CONFIG_MAPS, { namespace, name }, { type: 'merge', body: { data: { key: value } } })
}

/** One ConfigMap, `count` Deployments: the last PATCH after the write, and after the settle window. */
async function fanOut(count: number): Promise<void> {
  const namespace = await makeNamespace(`fan-out-${count}-${Date.now()}`)
  await client.create(CONFIG_MAPS, configMap(namespace, 'shared', { key: '0' }))
  await inBatches(count, (index) =>
    client.create(DEPLOYMENTS, deployment(namespace, `d${index}`, ['shared'])),
  )
  const controller = await startController(namespace, `--namespaces=${namespace}`)
  await recorded(controller, count)
  const watch = watchRolls(namespace)
  for (let round = 1; round <= 3; round++) {
    const startedMs = performance.now()
    const cpuBefore = await controller.metric('process_cpu_seconds_total')
    await patchData(client, namespace, 'shared', String(round))
    await until(async () => watch.total() >= count * round)
    const lastMs = watch.lastMs() - startedMs
    const cpu = (await controller.metric('process_cpu_seconds_total')) - cpuBefore
    const bareMs = await bare(namespace, count)
    console.log(
      `fan-out ${count}: bare PATCHes ${bareMs.toFixed(0)} ms; last PATCH ${lastMs.toFixed(0)} ms after the write, ${(lastMs - SETTLE_MS).toFixed(0)} ms after the settle window; CPU per roll ${((cpu * 1000) / count).toFixed(2)} ms`,
    )
  }
  console.log(
    `fan-out ${count}: config reads ${await controller.metric('reloader_config_reads_total')}, conflicts ${await controller.metric('reloader_action_total{workload_kind="Deployment",result="conflict"}')}`,
  )
  await watch.end()
  await controller.stop()
}

/** The same PATCHes with nothing decided: how fast the API server takes them on this machine at this moment. */
async function bare(namespace: string, count: number): Promise<number> {
  const startedMs = performance.now()
  await inBatches(count, (index) =>
    client.patch(
      DEPLOYMENTS,
      { namespace, name: `d${index}` },
      {
        type: 'strategic-merge',
        body: {
          spec: {
            template: {
              spec: { containers: [{ name: 'app', env: [{ name: 'BARE', value: `${startedMs}` }] }] },
            },
          },
        },
      },
    ),
  )
  return performance.now() - startedMs
}

/** `count` ConfigMaps, one Deployment each, all changed at once. */
async function separate(count: number): Promise<void> {
  const namespace = await makeNamespace(`separate-${Date.now()}`)
  await inBatches(count, async (index) => {
    await client.create(CONFIG_MAPS, configMap(namespace, `c${index}`, { key: '0' }))
    await client.create(DEPLOYMENTS, deployment(namespace, `d${index}`, [`c${index}`]))
  })
  const controller = await startController(namespace, `--namespaces=${namespace}`)
  await recorded(controller, count)
  const watch = watchRolls(namespace)
  const startedMs = performance.now()
  await inBatches(count, (index) => patchData(client, namespace, `c${index}`, '1'))
  await until(async () => watch.total() >= count)
  console.log(
    `separate ${count}: last PATCH ${(watch.lastMs() - startedMs).toFixed(0)} ms after the first write`,
  )
  await watch.end()
  await controller.stop()
}

/** 12 quick writes to three configs of one Deployment. */
async function burst(): Promise<void> {
  const namespace = await makeNamespace(`burst-${Date.now()}`)
  const names = ['c0', 'c1', 'c2']
  for (const name of names) await client.create(CONFIG_MAPS, configMap(namespace, name, { key: '0' }))
  await client.create(DEPLOYMENTS, deployment(namespace, 'd', names))
  const controller = await startController(namespace, `--namespaces=${namespace}`)
  await recorded(controller, 1)
  const watch = watchRolls(namespace)
  for (let write = 1; write <= 12; write++)
    await patchData(client, namespace, names[write % 3] ?? 'c0', String(write))
  await until(async () => watch.total() >= 1)
  await until(async () => (await controller.metric('reloader_pending_workloads')) === 0)
  console.log(`burst: ${watch.total()} rollout(s) for 12 writes to three configs`)
  await watch.end()
  await controller.stop()
}

/** Ten changes while it is killed, then five kills with nothing changed, of twenty workloads. */
async function restart(): Promise<void> {
  const namespace = await makeNamespace(`restart-${Date.now()}`)
  await inBatches(20, async (index) => {
    await client.create(CONFIG_MAPS, configMap(namespace, `c${index}`, { key: '0' }))
    await client.create(DEPLOYMENTS, deployment(namespace, `d${index}`, [`c${index}`]))
  })
  const before = await deploymentVersions(namespace)
  const first = await startController(namespace, `--namespaces=${namespace}`)
  await recorded(first, 20)
  await until(async () => (await first.metric('reloader_record_writes_total')) >= 2)
  const watch = watchRolls(namespace)
  const touched = (await deploymentVersions(namespace)).filter(
    (version, index) => version !== before[index],
  ).length
  console.log(
    `adoption of 20: ${watch.total()} rolls, ${touched} spec changes, ${await first.metric('reloader_action_total')} PATCHes`,
  )
  await first.stop('SIGKILL')
  for (let index = 0; index < 10; index++) await patchData(client, namespace, `c${index}`, '1')
  const second = await startController(namespace, `--namespaces=${namespace}`)
  await until(async () => watch.total() >= 10)
  const healed = [...watch.rolls.keys()].filter((name) => Number(name.slice(1)) < 10).length
  console.log(`10 changes while down: ${healed} healed, ${watch.total() - healed} others touched`)
  await until(async () => (await second.metric('reloader_pending_workloads')) === 0)
  await second.stop()
  const reads: number[] = []
  for (let kill = 0; kill < 5; kill++) {
    const next = await startController(namespace, `--namespaces=${namespace}`)
    await until(async () => (await next.metric('reloader_reconcile_total')) >= 20)
    reads.push(await next.metric('reloader_config_reads_total'))
    await next.stop('SIGKILL')
  }
  console.log(`5 restarts: ${watch.total() - 10} rolls, config reads ${reads.join(' ')}`)
  await watch.end()
}

async function deploymentVersions(namespace: string): Promise<readonly number[]> {
  const list = await client.list(DEPLOYMENTS, { namespace, reduce: ({ metadata }) => metadata })
  return [...list.items].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ generation = 0 }) => generation)
}

/** Ten thousand unrelated ConfigMaps of 10 KB. */
async function memory(): Promise<void> {
  const namespace = await makeNamespace(`memory-${Date.now()}`)
  const idle = await startController(namespace)
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  console.log(`memory idle: ${idle.rss().toFixed(0)} MiB`)
  await idle.stop()
  const value = 'x'.repeat(10_240)
  await inBatches(10_000, (index) =>
    client.create(CONFIG_MAPS, configMap(namespace, `c${index}`, { key: value })),
  )
  const controller = await startController(namespace)
  let peak = 0
  for (let second = 0; second < 15; second++) {
    peak = Math.max(peak, controller.rss())
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  await inBatches(1_000, (index) => patchData(client, namespace, `c${index}`, `${index}`))
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  console.log(
    `memory with 10,000 x 10 KB: ${controller.rss().toFixed(0)} MiB now, ${peak.toFixed(0)} MiB peak, reads ${await controller.metric('reloader_config_reads_total')}`,
  )
  await controller.stop()
}

/** Followed Deployments, a ConfigMap of 1 KB each: what docs/install.md says of memory. */
async function workloads(count: number): Promise<void> {
  const namespace = await makeNamespace(`workloads-${Date.now()}`)
  const value = 'x'.repeat(1_024)
  await inBatches(count, async (index) => {
    await client.create(CONFIG_MAPS, configMap(namespace, `c${index}`, { key: value }))
    await client.create(DEPLOYMENTS, deployment(namespace, `d${index}`, [`c${index}`]))
  })
  const controller = await startController(namespace, `--namespaces=${namespace}`)
  let peak = 0
  await until(async () => {
    peak = Math.max(peak, controller.rss())
    return (await controller.metric('reloader_records')) >= count
  })
  const cpu = await controller.metric('process_cpu_seconds_total')
  console.log(
    `${count} workloads: ${peak.toFixed(0)} MiB peak while adopting, which took ${cpu.toFixed(1)} s of CPU`,
  )
  await controller.stop()
}

const FIGURES: Readonly<Record<string, () => Promise<void>>> = {
  'fan-out': async () => {
    await fanOut(50)
    await fanOut(500)
  },
  separate: () => separate(100),
  burst,
  restart,
  memory,
  workloads: async () => {
    await workloads(100)
    await workloads(5_000)
  },
}

for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(FIGURES)) {
  const figure = FIGURES[name]
  if (figure === undefined)
    throw new Error(`Unknown figure ${name}: there are ${Object.keys(FIGURES).join(', ')}`)
  await figure()
}
client.close()
