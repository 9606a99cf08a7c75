// The controllers of the embedded cluster: they give workloads the ReplicaSets, ControllerRevisions and status that a
// real control plane gives them, and where pods are asked for, nodes with a kubelet that plays them.

import type { ObjectStore } from '../storage/object-store.ts'
import { type Controller, runController } from './control-loop.ts'
import { createDeploymentController } from './deployment/deployment-controller.ts'
import { createEventRecorder, recordNothing } from './event-recorder.ts'
import { createGarbageCollector } from './garbage-collector.ts'
import { createLocalClient } from './local-client.ts'
import { createNamespaceController } from './namespace-controller.ts'
import { createPodControllers } from './pods/pod-controllers.ts'
import type { PodOptions } from './pods/pod-options.ts'
import { createRevisionControllers } from './revision-controller.ts'

export interface WorkloadControllersOptions {
  readonly store: ObjectStore
  /** The clock of conditions and managedFields. */
  readonly now?: () => Date
  /** Nodes and pods. Left out: there are none, and what a workload asks for is there at once. */
  readonly pods?: PodOptions
}

export interface WorkloadControllers {
  /** Works until the signal aborts; resolves when everything has stopped. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** Controllers over a store, under the field manager of the real ones. */
export function createWorkloadControllers({
  store,
  now = () => new Date(),
  pods,
}: WorkloadControllersOptions): WorkloadControllers {
  const client = createLocalClient({ store, now, manager: 'kube-controller-manager' })
  const record =
    pods === undefined
      ? recordNothing
      : createEventRecorder({ client, now, component: 'deployment-controller' })
  const controllers: readonly Controller[] = [
    createDeploymentController({ client, now, record, pods: pods !== undefined }),
    createGarbageCollector(client),
    createNamespaceController(client),
    ...(pods === undefined ? createRevisionControllers(client) : createPodControllers(store, now, pods)),
  ]
  return {
    async run(signal) {
      await Promise.all(controllers.map((each) => runController(store, each, signal)))
    },
  }
}
