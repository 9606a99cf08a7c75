// Tells what a dry run has found, once every workload that was there at the start was looked at.
import type { Controller } from '../../controller/controller.ts'
import type { WorkQueue } from '../../controller/queue/work-queue.ts'
import type { RecordStore } from '../../controller/records/record-store.ts'
import type { Watches } from '../../controller/watch/watches.ts'
import { type AccessReview, createAccessReview } from '../../kube/access-review.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { Connection } from '../../kube/connection.ts'
import { delay } from '../../net/delay.ts'
import type { Log } from '../../telemetry/log.ts'
import { problemText } from '../../types/problem-text.ts'
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES, type WorkloadKind } from '../../types/workload.ts'
import { findInstallations } from '../find-installations.ts'
import { workloadsInSight } from '../in-sight.ts'
import type { Options } from '../options/options.ts'
import { controllerRights } from '../rights/controller-rights.ts'
import { lackingRights } from '../rights/lacking-rights.ts'
import type { Build } from '../version.ts'
import { createFirstLook, type FirstLook } from './first-look.ts'
import { type DryRunReport, reportJson } from './report.ts'
import { reportText } from './report-text.ts'

/** What the report is made from. */
export interface DryRunParts {
  readonly options: Options
  readonly connection: Connection
  readonly client: Pick<KubeClient, 'list' | 'serves'>
  readonly build: Build
  readonly recordNamespace: string
  readonly watches: Watches
  readonly log: Pick<Log, 'warn'>
  /** Hands text to standard output. */
  readonly print: (text: string) => Promise<unknown>
  readonly signal: AbortSignal
}

/** What looks at the workloads. */
interface Looking {
  readonly controller: Controller
  readonly queue: WorkQueue
  readonly records: RecordStore
}

/** Listens to a controller that writes nothing, and reports. */
export interface DryRun {
  readonly firstLook: FirstLook
  /** Begins to wait for the end of the first look. */
  started(looking: Looking): void
  /** Aborts once the report is told, where nothing else was asked for. */
  readonly over: AbortSignal
  /** Resolves when nothing of it is under way any more. */
  ended(): Promise<void>
}

/** A dry run at rest. */
export function createDryRun(parts: DryRunParts): DryRun {
  const firstLook = createFirstLook()
  const over = new AbortController()
  let telling = Promise.resolve()
  const tell = async (looking: Looking) => {
    await tellFirstLook(firstLook, { ...parts, ...looking })
    if (parts.options.once) over.abort()
  }
  return {
    firstLook,
    started(looking) {
      telling = tell(looking)
    },
    over: over.signal,
    ended: () => telling,
  }
}

const LOOK_AGAIN_MS = 10
/** How often it is said what the report waits for. */
const SAY_AGAIN_MS = 10_000

/** Resolves when the report is handed over, or without one when `signal` aborts. */
async function tellFirstLook(firstLook: FirstLook, parts: DryRunParts & Looking): Promise<void> {
  const { options, build, connection, queue, records, print, signal } = parts
  const recorded = records.size
  await untilWorking(parts)
  await queue.whenIdle(signal)
  if (signal.aborted) return
  const review = createAccessReview({ connection, userAgent: `reloader/${build.version}` })
  const rights = await rightsReport(parts, review)
  review.close()
  if (signal.aborted) return
  const report: DryRunReport = {
    version: build.version,
    cluster: { server: connection.server, source: connection.source },
    looksAt: looksAt(options),
    records: await recordsReport(parts, recorded),
    webhook: options.webhookUrl !== undefined,
    inSight: inSight(parts.watches),
    workloads: firstLook.finish(),
    ...rights,
  }
  if (options.log.format === 'json') await print(`${reportJson(report, new Date())}\n`)
  else await print(`${reportText(report)}\nNothing was written.${options.once ? '' : STAYS}\n`)
}

/** Until every first list was taken in, or turned out to be forbidden; also those that rolls do not wait for. */
async function untilWorking({ controller, watches, log, signal }: DryRunParts & Looking): Promise<void> {
  let saidMs = performance.now()
  const isBlind = () => !controller.isWorking() || watches.problem() !== undefined
  while (isBlind() && !signal.aborted) {
    await delay(LOOK_AGAIN_MS, signal)
    if (performance.now() - saidMs < SAY_AGAIN_MS) continue
    saidMs = performance.now()
    log.warn(`The report still waits: ${watches.problem() ?? 'the lists are being read'}`)
  }
}

const STAYS = ' From now on changes are told as they come; Ctrl-C ends it.'

function looksAt({ scope }: Options): DryRunReport['looksAt'] {
  const { namespaces, ignoredNamespaces, namespaceSelector, configSelector } = scope
  return {
    ...(namespaces !== undefined && { namespaces }),
    ignoredNamespaces,
    ...(namespaceSelector !== undefined && { namespaceSelector }),
    ...(configSelector !== undefined && { configSelector }),
  }
}

function inSight(watches: Watches): DryRunReport['inSight'] {
  const counts = WORKLOAD_KINDS.map((kind) => [kind, workloadsInSight(watches, kind).length] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

async function recordsReport(
  { client, options, recordNamespace: namespace, signal }: DryRunParts,
  workloads: number,
): Promise<DryRunReport['records']> {
  const { namespaces } = options.scope
  const others = workloads > 0 ? [] : await findInstallations(client, { namespaces, signal }).catch(() => [])
  return { namespace, name: options.records.name, workloads, others }
}

/** The rights of the real controller, under the credentials that this dry run has. */
async function rightsReport(
  { options, client, recordNamespace: ownNamespace, signal }: DryRunParts,
  review: AccessReview,
): Promise<Pick<DryRunReport, 'lacking' | 'unasked'>> {
  const { namespaces, namespaceSelector, configTypes } = options.scope
  try {
    const rights = controllerRights({
      name: options.records.name,
      configTypes,
      workloadKinds: await servedKinds(client, options.scope.workloadKinds, signal),
      selectsNamespaces: namespaceSelector !== undefined,
      elects: options.election !== undefined,
    })
    return { lacking: await lackingRights(rights, { namespaces, ownNamespace }, { review, signal }) }
  } catch (error) {
    return { lacking: [], unasked: problemText(error) }
  }
}

/** Nobody needs rights to what is not there. */
async function servedKinds(
  client: Pick<KubeClient, 'serves'>,
  kinds: readonly WorkloadKind[],
  signal: AbortSignal,
): Promise<readonly WorkloadKind[]> {
  const served = await Promise.all(
    kinds.map(
      (kind) =>
        WORKLOAD_RESOURCES[kind].optional !== true || client.serves(WORKLOAD_RESOURCES[kind], { signal }),
    ),
  )
  return kinds.filter((_, index) => served[index])
}
