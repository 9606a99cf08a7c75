// Everything that the embedded cluster has only where it has pods: nodes, scheduler, kubelet, ReplicaSets.
import type { ObjectStore } from '../../storage/object-store.ts'
import type { Controller } from '../control-loop.ts'
import { createDaemonSetController } from '../daemon-set/daemon-set-controller.ts'
import { createEventRecorder } from '../event-recorder.ts'
import { createCronJobController } from '../job/cron-job-controller.ts'
import { createJobController } from '../job/job-controller.ts'
import { createLocalClient } from '../local-client.ts'
import { createReplicaSetController } from '../replica-set-controller.ts'
import { createStatefulSetController } from '../stateful-set/stateful-set-controller.ts'
import { createKubelet } from './kubelet.ts'
import { createNodes, createScheduler } from './node-controller.ts'
import { type PodOptions, podSettings } from './pod-options.ts'

/** Makes the nodes and the controllers, and hands out what can be asked of the pods. */
export function createPodControllers(
  store: ObjectStore,
  now: () => Date,
  options: PodOptions,
): readonly Controller[] {
  const settings = podSettings(options)
  const clientOf = (manager: string) => createLocalClient({ store, now, manager })
  const recorderOf = (component: string, host?: string) =>
    createEventRecorder({ client, now, component, ...(host === undefined ? {} : { host }) })
  const client = clientOf('kube-controller-manager')
  const kubeletClient = clientOf('kubelet')
  const partsOf = (component: string) => ({
    client,
    now,
    record: recorderOf(component),
    random: settings.random,
  })
  createNodes(kubeletClient, settings.nodes, now)
  const kubelet = createKubelet({ client: kubeletClient, now, record: recorderOf('kubelet'), settings })
  options.serve?.(kubelet.facts)
  return [
    createReplicaSetController(partsOf('replicaset-controller')),
    createStatefulSetController(partsOf('statefulset-controller')),
    createDaemonSetController(partsOf('daemonset-controller')),
    createJobController({ ...partsOf('job-controller'), retryMs: settings.retryMs }),
    createCronJobController(partsOf('cronjob-controller')),
    createScheduler({ client, store, now, record: recorderOf('default-scheduler') }),
    kubelet.controller,
  ]
}
