// The figures that the project states about itself, measured on a real control plane that is given by KUBECONFIG:
//   node scripts/run-ts.mjs test/controlplane/run.ts        (prints what to export)
//   node scripts/run-ts.mjs bench/figures.ts [fan-out|separate|burst|memory|workloads|rest|restart ...]
// These machines are noisy: quote medians of several runs, and compare only within one run.
import {
  CONFIG_MAPS,
  client,
  configMap,
  DEPLOYMENTS,
  deployment,
  deploymentVersions,
  inBatches,
  makeNamespace,
  patchData,
  recorded,
  startController,
  until,
  watchRolls,
} from './cluster.ts'
import { atRest } from './rest.ts'

const SETTLE_MS = 500

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
  rest: () => atRest(5_000),
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
