// The watches of everything in scope, and what is kept of what they show.
import { createWatches, type Watches, type WorkloadSeen } from '../controller/watch/watches.ts'
import { reducePodStatus } from '../decide/content/pod-status.ts'
import { borrow } from '../decide/kinds/loan.ts'
import { isOwnedJob } from '../decide/kinds/run-state.ts'
import { reduceConfig } from '../decide/reduce-config.ts'
import { reduceWorkload } from '../decide/reduce-workload.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { KubeObject } from '../types/object.ts'
import type { Workload, WorkloadKind } from '../types/workload.ts'
import { countWatchEvents } from './metrics/watch-metrics.ts'
import type { Options } from './options/options.ts'
import { createWatchNews } from './watch-news.ts'

interface WatchParts {
  readonly options: Options
  readonly client: KubeClient
  readonly log: Log
  readonly metrics: Metrics
}

/** Watches of everything in scope; nothing is asked yet. */
export function wireWatches({ options, client, log, metrics }: WatchParts): Watches {
  const { scope, annotationNames: names, autoReloadAll } = options
  const ignored = new Set(scope.ignoredNamespaces)
  const isIgnored = ({ metadata }: KubeObject) => ignored.has(metadata.namespace ?? '')
  const reduce = workloadReduction(options)
  const watches = createWatches({
    client,
    namespaces: scope.namespaces,
    namespaceSelector: scope.namespaceSelector,
    configTypes: scope.configTypes,
    workloadKinds: scope.workloadKinds,
    configSelector: scope.configSelector,
    reduceConfig: (object, type, previous) =>
      isIgnored(object) ? undefined : reduceConfig(object, { type, names, previous }),
    reducePodStatus: (object, previous) =>
      isIgnored(object) ? undefined : reducePodStatus(object, { previous }),
    reduceWorkload: (object, kind, seen) =>
      isIgnored(object) || isOwnedJob(object, kind) ? undefined : reduce(object, kind, seen),
    borrow: (borrower, lender, seen) => borrow(borrower, lender, { names, autoReloadAll, ...seen }),
    ...createWatchNews({ log, metrics }),
  })
  countWatchEvents(watches, metrics)
  return watches
}

/** What is kept of a workload, whichever way it was read. */
export function workloadReduction(
  options: Options,
): (object: KubeObject, kind: WorkloadKind, seen: WorkloadSeen) => Workload {
  const { annotationNames: names, autoReloadAll, compat, imagePullSecrets } = options
  const borrowable = options.scope.workloadKinds.includes('Rollout')
  return (object, kind, seen) => {
    const lends = kind === 'Deployment' && borrowable
    return reduceWorkload(object, { kind, names, autoReloadAll, compat, imagePullSecrets, lends, ...seen })
  }
}
