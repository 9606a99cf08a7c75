// One controller process with its own namespaces, installed as a chart would, and what became of the cases that it was given.
import { randomBytes } from 'node:crypto'
import type { Cluster } from '../scenarios/cluster.ts'
import { type ControllerProcess, startControllerProcess } from '../scenarios/harness/controller-process.ts'
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
  /** `own namespace`: that of the controller, which the chart names in KUBERNETES_NAMESPACE. */
  readonly scope: 'cluster-wide' | 'per namespace' | 'own namespace'
}

export interface Installed {
  readonly flags?: readonly string[]
  readonly rows: readonly CaseRow[]
  /** Labels of the namespace `home`. */
  readonly labels?: Readonly<Record<string, string>>
  readonly paceMs?: number
}

interface Surroundings {
  readonly cluster: Cluster
  readonly api: TestApi
}

/** Installs, runs all rows at once, and leaves nothing behind. */
export async function accept(
  { cluster, api }: Surroundings,
  mode: Mode,
  { flags = [], rows, labels = {}, paceMs = 0 }: Installed,
): Promise<readonly Outcome[]> {
  const { strategy, scope } = mode
  const id = randomBytes(4).toString('hex')
  const own = `reloader-${id}`
  const home = scope === 'own namespace' ? own : `home-${id}`
  const namespaces: Record<Place, string> = { home, other: `other-${id}`, ignored: `ignored-${id}` }
  const all = new Set([own, ...Object.values(namespaces)])
  for (const name of all) await makeNamespace(api, name, name === home ? labels : {})
  const process = await startController({ cluster, api }, mode, { own, namespaces, flags })
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

async function makeNamespace(
  api: TestApi,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
  await api.call('POST', pathOf('Namespace'), { body })
}

interface StartOptions {
  readonly own: string
  readonly namespaces: Readonly<Record<Place, string>>
  readonly flags: readonly string[]
}

/** With the arguments and variables that the incumbent's chart gives it. */
async function startController(
  { cluster, api }: Surroundings,
  { chart, strategy, scope }: Mode,
  { own, namespaces: { home, ignored }, flags }: StartOptions,
): Promise<ControllerProcess> {
  const scoped = scope === 'cluster-wide' ? {} : { namespaces: [...new Set([own, home])] }
  const kubeconfig = await createAccount({ cluster, api }, { chart, home: own, ...scoped })
  const scopeFlags = {
    'cluster-wide': [`--namespaces-to-ignore=${ignored}`],
    'per namespace': [`--namespaces=${own},${home}`],
    'own namespace': [],
  }[scope]
  const features = ['--is-Argo-Rollouts=true', '--enable-csi-integration=true']
  const settings = ['--listen-address=127.0.0.1:0', '--log-format=json', `--reload-strategy=${strategy}`]
  return startControllerProcess({
    args: [`--kubeconfig=${kubeconfig}`, ...settings, ...features, ...scopeFlags, ...flags],
    env: {
      RELOADER_NAMESPACE: own,
      RELOADER_DEPLOYMENT_NAME: 'reloader',
      POD_NAMESPACE: own,
      POD_NAME: `${own}-0`,
      ...(scope === 'own namespace' ? { KUBERNETES_NAMESPACE: own } : {}),
    },
  })
}

function ended(output: readonly string[]): Outcome {
  return { name: 'the controller', problem: `Ended: ${output.slice(-5).join('\n')}`, latencies: [] }
}
