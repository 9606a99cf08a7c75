// The controllers of the embedded cluster: they give workloads the ReplicaSets, ControllerRevisions and status that a
// real control plane gives them.

import type { ObjectStore } from '../storage/object-store.ts'
import { runController } from './control-loop.ts'
import { createDeploymentController } from './deployment-controller.ts'
import { createGarbageCollector } from './garbage-collector.ts'
import { createLocalClient } from './local-client.ts'
import { createNamespaceController } from './namespace-controller.ts'
import { createRevisionControllers } from './revision-controller.ts'

export interface WorkloadControllersOptions {
  readonly store: ObjectStore
  /** The clock of conditions and managedFields. */
  readonly now?: () => Date
}

export interface WorkloadControllers {
  /** Works until the signal aborts; resolves when everything has stopped. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** Controllers over a store, under the field manager of the real ones. */
export function createWorkloadControllers({
  store,
  now = () => new Date(),
}: WorkloadControllersOptions): WorkloadControllers {
  const client = createLocalClient({ store, now, manager: 'kube-controller-manager' })
  const controllers = [
    createDeploymentController(client, now),
    ...createRevisionControllers(client),
    createGarbageCollector(client),
    createNamespaceController(client),
  ]
  return {
    async run(signal) {
      await Promise.all(controllers.map((each) => runController(store, each, signal)))
    },
  }
}
