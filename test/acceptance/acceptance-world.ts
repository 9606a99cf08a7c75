// One controller process with its own namespaces, installed as a chart would, and what became of the cases that it was given.
import { randomBytes } from 'node:crypto'
import type { Cluster } from '../scenarios/cluster.ts'
import { startControllerProcess } from '../scenarios/harness/controller-process.ts'
import { CUSTOM_KINDS, pathOf, WORKLOAD_KINDS } from '../scenarios/harness/kinds.ts'
import type { TestApi } from '../scenarios/harness/test-api.ts'
import { type CaseRow, caseOf, type Place } from './acceptance-case.ts'
import type { Strategy } from './evidence.ts'
import { createObjectWatch } from './object-watch.ts'
import { type Chart, createAccount } from './rights.ts'
import { type Outcome, runCases } from './run-cases.ts'

/** How the controller is installed. */
export interface Mode {
  readonly chart: Chart
  readonly strategy: Strategy
  readonly scope: 'cluster-wide' | 'per namespace'
}

export interface Installed {
  readonly flags?: readonly string[]
  readonly rows: readonly CaseRow[]
  /** Labels of the namespace `home`. */
  readonly labels?: Readonly<Record<string, string>>
  readonly paceMs?: number
}

/** Installs, runs all rows at once, and leaves nothing behind. */
export async function accept(
  { cluster, api }: { readonly cluster: Cluster; readonly api: TestApi },
  mode: Mode,
  { flags = [], rows, labels = {}, paceMs = 0 }: Installed,
): Promise<readonly Outcome[]> {
  const { chart, strategy, scope } = mode
  const id = randomBytes(4).toString('hex')
  const own = `reloader-${id}`
  const namespaces: Record<Place, string> = {
    home: `home-${id}`,
    other: `other-${id}`,
    ignored: `ignored-${id}`,
  }
  const all = [own, ...Object.values(namespaces)]
  for (const name of all) {
    const metadata = { name, labels: name === namespaces.home ? labels : {} }
    await api.call('POST', pathOf('Namespace'), { body: { apiVersion: 'v1', kind: 'Namespace', metadata } })
  }
  const scoped = scope === 'per namespace' ? [own, namespaces.home] : undefined
  const kubeconfig = await createAccount(
    { cluster, api },
    { chart, home: own, ...(scoped && { namespaces: scoped }) },
  )
  const process = startControllerProcess({
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--listen-address=127.0.0.1:0',
      '--log-format=json',
      ...(scoped ? [`--namespaces=${scoped.join(',')}`] : [`--namespaces-to-ignore=${namespaces.ignored}`]),
      `--reload-strategy=${strategy}`,
      '--is-Argo-Rollouts=true',
      '--enable-csi-integration=true',
      ...flags,
    ],
    env: {
      RELOADER_NAMESPACE: own,
      RELOADER_DEPLOYMENT_NAME: 'reloader',
      POD_NAMESPACE: own,
      POD_NAME: `reloader-${id}`,
    },
  })
  const stop = new AbortController()
  const kinds = [...WORKLOAD_KINDS, ...CUSTOM_KINDS, 'CronJob', 'Job']
  const watch = createObjectWatch(api, { namespaces: Object.values(namespaces), kinds })
  const watching = watch.run(stop.signal)
  try {
    await process.ready()
    const outcomes = await runCases({ api, watch, strategy, namespaces, paceMs }, rows.map(caseOf))
    return [...outcomes, ...(process.exitStatus === undefined ? [] : [ended(process.output)])]
  } finally {
    await process.kill('SIGTERM')
    stop.abort()
    await watching
    for (const name of all) await api.call('DELETE', pathOf('Namespace', { name }))
  }
}

function ended(output: readonly string[]): Outcome {
  return { name: 'the controller', problem: `Ended: ${output.slice(-5).join('\n')}`, latencies: [] }
}
