// Finds the workloads that Reloader paused or stamped, and the Deployments that run a Reloader.

import { restartStampsIn } from '../../decide/kinds/argo-rollout.ts'
import { stampsIn } from '../../decide/stamps/template-stamps.ts'
import { type PodTemplate, podTemplateOf } from '../../decide/template/pod-template.ts'
import type { KubeClient } from '../../kube/client.ts'
import { isRecord, type RawObject } from '../../kube/raw-object.ts'
import { type TemplateStamps, WORKLOAD_RESOURCES, type WorkloadKind } from '../../types/workload.ts'
import type { CleanupOptions } from './cleanup-options.ts'
import type { Leftovers, TouchedWorkload } from './leftovers.ts'
import { type Look, look, together } from './look.ts'

type Options = Pick<CleanupOptions, 'scope' | 'pausedAt' | 'stamps'>

/** The kinds whose pod template carries stamps; only Deployments are ever paused. */
export const STAMPED_KINDS: readonly WorkloadKind[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
  'DeploymentConfig',
]
/** What a Deployment runs that is a Reloader: both programs are given this variable. */
const OWN_VARIABLE = 'RELOADER_DEPLOYMENT_NAME'
const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces' } as const

/** Workloads in scope that carry something of Reloader; of the other kinds than Deployment only with `stamps`. */
export async function findWorkloads(
  client: Pick<KubeClient, 'list' | 'serves'>,
  options: Options,
  signal: AbortSignal,
): Promise<Pick<Leftovers, 'workloads' | 'running' | 'problems'>> {
  const selected = await selectedNamespaces(client, options, signal)
  const running: string[] = []
  const ignored = new Set(options.scope.ignoredNamespaces)
  const reduce = (object: RawObject, kind: WorkloadKind) => {
    const { namespace = '', name } = object.metadata
    if (ignored.has(namespace) || !selected.includes(namespace)) return undefined
    if (kind === 'Deployment' && runsReloader(object)) running.push(`${namespace}/${name}`)
    const workload = touchedWorkload(object, kind, options)
    return isTouched(workload) ? workload : undefined
  }
  const kinds = options.stamps ? STAMPED_KINDS : STAMPED_KINDS.slice(0, 1)
  const looks: Look<TouchedWorkload>[] = []
  for (const kind of kinds) {
    // RBAC would forbid to look at what is not there.
    if (WORKLOAD_RESOURCES[kind].optional && !(await client.serves(WORKLOAD_RESOURCES[kind], { signal })))
      continue
    for (const namespace of options.scope.namespaces ?? ['']) {
      const { plural } = WORKLOAD_RESOURCES[kind]
      const where = namespace === '' ? 'the whole cluster' : `namespace ${namespace}`
      const list = { namespace, reduce: (object: RawObject) => reduce(object, kind), signal }
      const attempt = async () => (await client.list(WORKLOAD_RESOURCES[kind], list)).items
      looks.push(await look(`Cannot look at ${plural} in ${where}`, attempt))
    }
  }
  const { found, problems } = together(looks)
  return { workloads: found, running, problems: [...selected.problems, ...problems] }
}

/** Whether there is anything to do about it. */
export function isTouched({ pause, stamps, restarted }: TouchedWorkload): boolean {
  return pause !== undefined || stamps !== undefined || restarted
}

/** What the workload carries of Reloader; stamps only where they are asked for. */
export function touchedWorkload(
  object: RawObject,
  kind: WorkloadKind,
  { pausedAt, stamps: wanted }: Pick<Options, 'pausedAt' | 'stamps'>,
): TouchedWorkload {
  const { name, namespace = '', uid, resourceVersion, annotations } = object.metadata
  const marked = kind === 'Deployment' && (annotations?.[pausedAt] ?? '') !== ''
  const pause = specOf(object).paused === true ? 'on' : 'over'
  const { templatePath, optional: custom = false } = WORKLOAD_RESOURCES[kind]
  const found = wanted ? stampsIn(podTemplateOf(object, templatePath)) : undefined
  const stamps = found !== undefined && hasStamps(found) ? found : undefined
  const restarted = wanted && kind === 'Rollout' && hasStamps(restartStampsIn(object.metadata))
  return {
    ref: { kind, namespace, name },
    uid,
    resourceVersion,
    pause: marked ? pause : undefined,
    stamps,
    restarted,
    ...(custom && (stamps !== undefined || restarted) && { object }),
  }
}

function hasStamps({ variables, annotation }: TemplateStamps): boolean {
  return variables.length > 0 || annotation !== undefined
}

/** Whether a Deployment is to run at least one pod of a Reloader, of either program. */
function runsReloader(object: RawObject): boolean {
  if (specOf(object).replicas === 0) return false
  const template: PodTemplate = podTemplateOf(object, WORKLOAD_RESOURCES.Deployment.templatePath)
  return (template.spec?.containers ?? []).some(({ env = [] }) =>
    env.some(({ name }) => name === OWN_VARIABLE),
  )
}

function specOf({ spec }: RawObject): Readonly<Record<string, unknown>> {
  return isRecord(spec) ? spec : {}
}

async function selectedNamespaces(
  client: Pick<KubeClient, 'list'>,
  { scope: { namespaceSelector: labelSelector } }: Options,
  signal: AbortSignal,
) {
  if (labelSelector === undefined) return { includes: () => true, problems: [] }
  const list = {
    labelSelector,
    metadataOnly: true,
    reduce: ({ metadata }: RawObject) => metadata.name,
    signal,
  }
  const { found, problems } = await look(
    'Cannot tell which namespaces the selector matches, so no workload is looked at',
    async () => (await client.list(NAMESPACES, list)).items,
  )
  const names = new Set(found)
  return { includes: (namespace: string) => names.has(namespace), problems }
}
