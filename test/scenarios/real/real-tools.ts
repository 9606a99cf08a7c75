// kubectl, helm and what only a real control plane makes: revisions and pods.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { runTool } from '../../controlplane/run-tool.ts'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../../controlplane/share.ts'
import { startApiProxy } from '../harness/api-proxy.ts'
import { eventually } from '../harness/eventually.ts'
import type { StoredObject } from '../harness/json.ts'
import { kubeconfigThrough } from '../harness/kubeconfig-through.ts'
import type { Namespace, WorkloadHandle } from '../harness/namespace.ts'

/** The control plane that the run was given; throws where there is none. */
export function controlPlane() {
  const file = process.env[CLUSTER_FILE_VARIABLE]
  if (file === undefined) throw new Error(`Cannot run: ${CLUSTER_FILE_VARIABLE} names no control plane`)
  return connectControlPlane(file)
}

/** Runs kubectl in the namespace as the administrator. */
export function kubectl(ns: Namespace, args: readonly string[], input?: string): Promise<string> {
  const { binaries, adminKubeconfig } = controlPlane()
  const all = [`--kubeconfig=${adminKubeconfig}`, `--namespace=${ns.name}`, ...args]
  return runTool(binaries.kubectl, all, input === undefined ? {} : { input })
}

/** Runs helm in the namespace as the administrator, with requests that take `eachWriteMs` longer each on their way. */
export async function helm(
  ns: Namespace,
  args: readonly string[],
  { eachWriteMs = 0 }: { readonly eachWriteMs?: number } = {},
): Promise<string> {
  const { binaries, adminKubeconfig, adminToken, ...access } = controlPlane()
  const home = await mkdtemp(join(tmpdir(), 'reloader-helm-'))
  const proxy = await startApiProxy(access, { token: adminToken })
  proxy.onRequest({ verb: ['create', 'update', 'patch'] }, () => wait(eachWriteMs))
  const kubeconfig = join(home, 'kubeconfig')
  const env = { HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home }
  try {
    await writeFile(kubeconfig, kubeconfigThrough(adminKubeconfig, proxy.server), { mode: 0o600 })
    return await runTool(binaries.helm, [...args, `--kubeconfig=${kubeconfig}`, `--namespace=${ns.name}`], {
      env,
    })
  } finally {
    await proxy.close()
    await rm(home, { recursive: true, force: true })
  }
}

/** The ReplicaSets or ControllerRevisions of a workload, one for each pod template it ever had. */
export async function revisionsOf(ns: Namespace, workload: WorkloadHandle): Promise<StoredObject[]> {
  const { uid } = (await workload.get()).metadata
  const kind = workload.kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision'
  return (await ns.list(kind)).filter(({ metadata }) =>
    metadata.ownerReferences?.some((owner) => owner.uid === uid),
  )
}

/** Resolves when the workload's controller has acted on its present generation and every pod is of it and available. */
export async function rolledOut(workload: WorkloadHandle): Promise<void> {
  await eventually(async () => isRolledOut(await workload.get()), {
    what: `the rollout of ${workload.id}`,
    deadlineMs: 60_000,
  })
}

interface Progress {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly availableReplicas?: number
  readonly currentRevision?: string
  readonly updateRevision?: string
  readonly desiredNumberScheduled?: number
  readonly updatedNumberScheduled?: number
  readonly numberAvailable?: number
}

function isRolledOut({ kind, metadata, spec, status }: StoredObject): boolean {
  const progress = (status ?? {}) as Progress
  if (progress.observedGeneration !== metadata.generation) return false
  if (kind === 'DaemonSet') {
    const wanted = progress.desiredNumberScheduled ?? 0
    return (progress.updatedNumberScheduled ?? 0) === wanted && (progress.numberAvailable ?? 0) === wanted
  }
  const wanted = (spec as { replicas?: number }).replicas ?? 1
  const settled = kind === 'Deployment' || progress.currentRevision === progress.updateRevision
  return (
    settled &&
    (progress.replicas ?? 0) === wanted &&
    (progress.updatedReplicas ?? 0) === wanted &&
    (progress.availableReplicas ?? 0) === wanted
  )
}

/** The uids of a workload's pods that are not on their way out. */
export async function podsOf(ns: Namespace, workload: WorkloadHandle): Promise<string[]> {
  const pods = (await ns.list('Pod')).filter(
    ({ metadata }) => metadata.labels?.app === workload.name && metadata.deletionTimestamp === undefined,
  )
  return pods.map(({ metadata }) => metadata.uid)
}
