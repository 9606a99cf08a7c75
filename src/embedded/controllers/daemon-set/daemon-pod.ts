// One pod of a DaemonSet: bound to one node by its affinity (pkg/controller/daemon of 1.36).
import type { ApiObject } from '../../object/api-object.ts'
import { type JsonObject, listAt, objectAt } from '../../object/json.ts'
import { TEMPLATE_GENERATION } from '../../schema/defaults.ts'
import { demandedNode } from '../pods/node-controller.ts'
import { nameSuffix, nodeOf, podOf } from '../pods/pod.ts'
import { DAEMON_SET_HASH } from '../revision-controller.ts'

/** The node that a pod is on, or will be. */
export function targetNode(pod: ApiObject): string {
  return demandedNode(pod) ?? nodeOf(pod)
}

export interface NewDaemonPod {
  readonly node: string
  readonly hash: string
  readonly random: () => number
}

/** A pod for a node. */
export function daemonPod(set: ApiObject, { node, hash, random }: NewDaemonPod): JsonObject {
  const template = objectAt(set, 'spec', 'template')
  const generateName = `${set.metadata.name}-`
  const generation = set.metadata.annotations?.[TEMPLATE_GENERATION] ?? ''
  return podOf(set, template, {
    name: `${generateName}${nameSuffix(random)}`,
    generateName,
    labels: { [DAEMON_SET_HASH]: hash, 'pod-template-generation': generation },
    spec: {
      affinity: { ...objectAt(template, 'spec', 'affinity'), nodeAffinity: affinityTo(node) },
      tolerations: [...listAt(template, 'spec', 'tolerations'), ...TOLERATIONS],
    },
  })
}

function affinityTo(node: string): JsonObject {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }]
  return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } }
}

const TOLERATIONS = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
].map(([name, effect]) => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists', effect }))
