// What is told of the watches, in the log and by metrics.
import type { WatchesOptions } from '../controller/watch/watches.ts'
import { createBoundedMap } from '../report/bounded-map.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { refKey } from '../types/object.ts'
import { problemText } from '../types/problem-text.ts'

/** What a watch calls when there is something to say of it. */
export type WatchNews = Pick<
  WatchesOptions,
  'onUnsupported' | 'onProblem' | 'onRetry' | 'onList' | 'onWatchRestart' | 'onBadObject'
>

interface WatchNewsParts {
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>
  readonly metrics: Pick<Metrics, 'errors' | 'lists' | 'watchRestarts'>
  /** The monotonic clock. Default `performance.now`. */
  readonly nowMs?: () => number
}

/** Objects of which it is remembered that they were told of. */
const MAX_BAD_OBJECTS = 1_000
/** In an outage the watches of a resource fail for the same reason again and again, one in each namespace. */
const REPEAT_MS = 60_000

/** What sets the rights to resources that not every cluster has, in the values of the chart, Stakater's too. */
const CHART_VALUES: Readonly<Record<string, string>> = {
  rollouts: 'isArgoRollouts',
  deploymentconfigs: 'isOpenshift',
  secretproviderclasses: 'enableCSIIntegration',
  secretproviderclasspodstatuses: 'enableCSIIntegration',
}

/**
 * Tells each thing where it happens: an object that cannot be looked at once, however often a watch shows it; what RBAC forbids
 * as one warning, however many namespaces are watched one by one; why the watches of a resource fail once a minute.
 */
export function createWatchNews({
  log,
  metrics,
  nowMs = () => performance.now(),
}: WatchNewsParts): WatchNews {
  const said = createBoundedMap<string>(MAX_BAD_OBJECTS)
  /** The namespace for which it was warned of, by verb and resource. */
  const warned = new Map<string, string>()
  /** What was last said of the watches of a resource that failed. */
  const retries = new Map<string, { readonly problem: string; readonly saidMs: number }>()
  return {
    onRetry({ plural }, error) {
      const problem = problemText(error)
      const last = retries.get(plural)
      const isRepeated = last?.problem === problem && nowMs() - last.saidMs < REPEAT_MS
      if (!isRepeated) retries.set(plural, { problem, saidMs: nowMs() })
      const say = isRepeated ? log.debug : log.info
      say(`Watching ${plural} is taken up again: ${problem}`)
    },
    onUnsupported: ({ ref, borrowing }) =>
      log.warn(
        `${refKey(ref)} is not rolled: its workloadRef names ${borrowing?.apiVersion} ${borrowing?.kind}, and only the pod template of an apps/v1 Deployment can be borrowed`,
      ),
    onProblem: ({ verb, resource: { plural }, namespace, error }) => {
      const where = namespace === '' ? 'the whole cluster' : `namespace ${namespace}`
      // Stakater's chart grants no watch by any value, and a list comes first.
      const value = verb === 'list' ? CHART_VALUES[plural] : undefined
      const remedy = value === undefined ? '' : `, in the chart by reloader.${value}=true`
      const line = `RBAC forbids to ${verb} ${plural} in ${where}; grant it as docs/permissions.md says${remedy}: ${problemText(error)}`
      const what = `${verb} ${plural}`
      if (!warned.has(what)) warned.set(what, namespace)
      if (warned.get(what) === namespace) log.warn(line)
      else log.info(line)
    },
    onBadObject: ({ plural }, { namespace, name, error }) => {
      const problem = problemText(error)
      const key = `${plural}/${namespace}/${name}`
      if (said.get(key) === problem) return
      said.set(key, problem)
      metrics.errors.inc({ type: 'object' })
      log.warn(`${key} is left alone, because it has not the form of one: ${problem}`)
    },
    onList: ({ plural }) => metrics.lists.inc({ resource: plural }),
    onWatchRestart: ({ plural }) => metrics.watchRestarts.inc({ resource: plural }),
  }
}
