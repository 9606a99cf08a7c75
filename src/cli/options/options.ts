// What the process was asked to do. `parseCommand` is the only reader of the command line and of the environment.
import type { AnnotationNames } from '../../decide/settings/annotation-names.ts'
import type { Compat } from '../../decide/settings/compat.ts'
import type { ListenAddress } from '../../telemetry/http-server.ts'
import type { LogFormat, LogLevel } from '../../telemetry/log.ts'
import type { ConfigType } from '../../types/config.ts'
import type { Policy } from '../../types/plan.ts'
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES, type WorkloadKind } from '../../types/workload.ts'
import { publishedOptionsOf } from '../meta-info.ts'
import { type AlertOptions, toAlerts } from './alert-options.ts'
import { parseArgv } from './argv.ts'
import { type ElectionOptions, toElection } from './election-options.ts'
import type { Flag } from './flag.ts'
import { FLAGS } from './flag-table.ts'
import { deepFreeze } from './freeze.ts'
import { OptionError } from './option-error.ts'
import { createOptionReader, type OptionReader } from './option-reader.ts'
import { VARIABLES } from './variable-table.ts'

/** The variables of the process, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Which objects are looked at. */
export interface Scope {
  /** Exactly these namespaces, sorted, without duplicates; undefined = the whole cluster. */
  readonly namespaces?: readonly string[]
  /** Namespaces whose objects are not looked at, sorted. Already taken out of `namespaces`. */
  readonly ignoredNamespaces: readonly string[]
  /** A Kubernetes label selector for namespaces; never together with `namespaces`. */
  readonly namespaceSelector?: string
  /** A Kubernetes label selector for ConfigMaps and Secrets. */
  readonly configSelector?: string
  /** The types that are looked at: without those of --resources-to-ignore, with what --enable-csi-integration adds. */
  readonly configTypes: readonly ConfigType[]
  /** The kinds that are rolled. */
  readonly workloadKinds: readonly WorkloadKind[]
}

/** When a change is carried out, in milliseconds. */
export interface SettleOptions {
  readonly settleMs: number
  readonly settleMaxMs: number
  readonly releaseMs: number
  readonly releaseMaxMs: number
}

/** How to find the API server. */
export interface ClusterOptions {
  /** `--kubeconfig`; undefined: what the environment says, then `~/.kube/config`, then the service account of the pod. */
  readonly kubeconfig?: string
  /** A context of the kubeconfig file; undefined = its current one. */
  readonly context?: string
  /** All variables of the process: a kubeconfig may name a program that needs any of them. */
  readonly env: Environment
}

/** Where the records live. */
export interface RecordOptions {
  /** The ConfigMaps are called `<name>-records-<n>`, the key Secret `<name>-digest-key`. */
  readonly name: string
  /** Undefined: the namespace of the service account, else of the kubeconfig's context. */
  readonly namespace?: string
}

/** Everything that flags and environment say; deeply frozen. */
export interface Options {
  readonly annotationNames: AnnotationNames
  readonly policy: Policy
  readonly autoReloadAll: boolean
  /** Other controllers whose annotations count. */
  readonly compat: readonly Compat[]
  /** Only the keys that a workload uses count. */
  readonly keyLevel: boolean
  /** imagePullSecrets are references. */
  readonly imagePullSecrets: boolean
  readonly scope: Scope
  readonly settle: SettleOptions
  readonly cluster: ClusterOptions
  readonly records: RecordOptions
  readonly listenAddress: ListenAddress
  readonly log: { readonly level: LogLevel; readonly format: LogFormat }
  readonly metricsByNamespace: boolean
  /** Where an alert goes for each roll; undefined: nowhere. */
  readonly alerts?: AlertOptions
  /** Webhook mode: this URL is called in place of rolling. It may hold a secret. */
  readonly webhookUrl?: string
  readonly dryRun: boolean
  /** The process ends when the report of the dry run is told. */
  readonly once: boolean
  /** Which of several replicas acts; undefined: each one. */
  readonly election?: ElectionOptions
  /** Workloads looked at at once. */
  readonly workers: number
  /** The options as others may read them, under the incumbent's names. */
  readonly published: Readonly<Record<string, unknown>>
  /** One line for each thing that was asked for and that this build does not do yet. */
  readonly notYet: readonly string[]
  /** One line for each thing that was asked for and is done differently. */
  readonly warnings: readonly string[]
}

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'run'; readonly options: Options }

/**
 * Reads command line and environment; contacts nothing and opens no file.
 *
 * @throws {OptionError} one line that names the flag or variable, the reason and the mend
 */
export function parseCommand(argv: readonly string[], env: Environment): Command {
  const flags: readonly Flag<unknown>[] = Object.values(FLAGS)
  const { wants, given } = parseArgv(argv, flags)
  if (wants !== 'run') return { kind: wants }
  const reader = createOptionReader(given, env)
  reader.checkAll(flags, Object.values(VARIABLES))
  return { kind: 'run', options: deepFreeze(toOptions(reader, env)) }
}

function toOptions(reader: OptionReader, env: Environment): Options {
  const { flag, variable } = reader
  const { scope, warnings } = toScope(reader)
  const { alerts, warnings: alertWarnings } = toAlerts(reader)
  const webhookUrl = flag(FLAGS.webhookUrl)
  const election = toElection(reader)
  return {
    annotationNames: toAnnotationNames(reader),
    policy: {
      strategy: flag(FLAGS.reloadStrategy),
      reloadOnCreate: flag(FLAGS.reloadOnCreate),
      reloadOnDelete: flag(FLAGS.reloadOnDelete),
      adopt: flag(FLAGS.adopt),
      cronJobStrategy: flag(FLAGS.cronJobStrategy),
      rerunFinishedJobs: flag(FLAGS.rerunFinishedJobs),
    },
    autoReloadAll: flag(FLAGS.autoReloadAll),
    compat: flag(FLAGS.compat),
    keyLevel: flag(FLAGS.keyLevel),
    imagePullSecrets: flag(FLAGS.imagePullSecrets),
    scope,
    settle: toSettle(reader),
    cluster: toCluster(reader, env),
    records: toRecords(reader),
    listenAddress: flag(FLAGS.listenAddress),
    log: toLog(reader),
    metricsByNamespace: variable(VARIABLES.metricsByNamespace),
    ...(alerts !== undefined && { alerts }),
    ...(webhookUrl !== '' && { webhookUrl }),
    ...toDryRun(reader),
    ...(election !== undefined && { election }),
    workers: flag(FLAGS.workers),
    published: publishedOptionsOf(reader),
    notYet: reader.notYet(Object.values(FLAGS), Object.values(VARIABLES)),
    warnings: [...warnings, ...alertWarnings, ...reader.remarks(Object.values(FLAGS))],
  }
}

function toAnnotationNames({ flag }: OptionReader): AnnotationNames {
  return {
    auto: flag(FLAGS.autoAnnotation),
    configMapAuto: flag(FLAGS.configMapAutoAnnotation),
    secretAuto: flag(FLAGS.secretAutoAnnotation),
    configMapReload: flag(FLAGS.configMapAnnotation),
    secretReload: flag(FLAGS.secretAnnotation),
    search: flag(FLAGS.autoSearchAnnotation),
    match: flag(FLAGS.searchMatchAnnotation),
    ignore: flag(FLAGS.ignoreAnnotation),
    pausePeriod: flag(FLAGS.pauseDeploymentAnnotation),
    pausedAt: flag(FLAGS.pauseDeploymentTimeAnnotation),
  }
}

function toDryRun({ flag }: OptionReader): Pick<Options, 'dryRun' | 'once'> {
  const [dryRun, once] = [flag(FLAGS.dryRun), flag(FLAGS.once)]
  if (once && !dryRun)
    throw new OptionError('Cannot use --once: it is for --dry-run; add that, or leave it out')
  return { dryRun, once }
}

/** What is told once is in the report: the log has only what it does not tell. */
function toLog({ flag }: OptionReader): Options['log'] {
  const level = flag(FLAGS.logLevel)
  return { level: flag(FLAGS.once) && level === 'info' ? 'warning' : level, format: flag(FLAGS.logFormat) }
}

/** Where the records live. */
export function toRecords({ variable }: OptionReader): RecordOptions {
  const namespace = variable(VARIABLES.reloaderNamespace) ?? variable(VARIABLES.podNamespace)
  const name = variable(VARIABLES.deploymentName) ?? 'reloader'
  return { name, ...(namespace !== undefined && { namespace }) }
}

/**
 * Which objects are looked at, with one line for each thing that was asked for and has no effect.
 *
 * @throws {OptionError} when no namespace is left
 */
export function toScope(reader: OptionReader): {
  readonly scope: Scope
  readonly warnings: readonly string[]
} {
  const { flag } = reader
  const namespaces = chosenNamespaces(reader)
  const namespaceSelector = flag(FLAGS.namespaceSelector)
  const configSelector = flag(FLAGS.resourceLabelSelector)
  const objects = {
    ignoredNamespaces: flag(FLAGS.namespacesToIgnore),
    configTypes: toConfigTypes(reader),
    workloadKinds: toWorkloadKinds(reader),
    ...(configSelector !== undefined && { configSelector }),
  }
  if (namespaceSelector === undefined) {
    return { scope: { ...objects, ...(namespaces !== undefined && { namespaces }) }, warnings: [] }
  }
  if (namespaces === undefined) return { scope: { ...objects, namespaceSelector }, warnings: [] }
  const warning = `--namespace-selector has no effect: these namespaces were named: ${namespaces.join(', ')}`
  return { scope: { ...objects, namespaces }, warnings: [warning] }
}

function toConfigTypes({ flag }: OptionReader): readonly ConfigType[] {
  const stored = flag(FLAGS.resourcesToIgnore)
  return flag(FLAGS.enableCsiIntegration) ? [...stored, 'SecretProviderClass'] : stored
}

function toWorkloadKinds({ flag }: OptionReader): readonly WorkloadKind[] {
  const ignored: readonly string[] = flag(FLAGS.ignoredWorkloadTypes)
  return WORKLOAD_KINDS.filter(
    (kind) =>
      !ignored.includes(WORKLOAD_RESOURCES[kind].plural) &&
      (kind !== 'Rollout' || flag(FLAGS.isArgoRollouts)),
  )
}

/** The namespaces that were named, without those to ignore; undefined = the whole cluster. */
function chosenNamespaces({ flag, variable }: OptionReader): readonly string[] | undefined {
  const listed = flag(FLAGS.namespaces)
  const single = variable(VARIABLES.namespace)
  if (listed.length === 0 && single === undefined) return undefined
  const ignored = flag(FLAGS.namespacesToIgnore)
  const named = listed.length === 0 && single !== undefined ? [single] : listed
  const left = named.filter((namespace) => !ignored.includes(namespace))
  if (left.length > 0) return left
  throw new OptionError(
    `Cannot use --namespaces-to-ignore: it leaves none of the namespaces to look at (${named.join(', ')})`,
  )
}

function toSettle({ flag }: OptionReader): SettleOptions {
  const settle = {
    settleMs: flag(FLAGS.settle),
    settleMaxMs: flag(FLAGS.settleMax),
    releaseMs: flag(FLAGS.settleRelease),
    releaseMaxMs: flag(FLAGS.settleReleaseMax),
  }
  if (settle.settleMs > settle.settleMaxMs) {
    throw new OptionError(
      'Cannot use --settle: it is longer than --settle-max; make one shorter or the other longer',
    )
  }
  if (settle.releaseMs > settle.releaseMaxMs) {
    throw new OptionError(
      'Cannot use --settle-release: it is longer than --settle-release-max; make one shorter or the other longer',
    )
  }
  return settle
}

/** How to find the API server. */
export function toCluster({ flag }: OptionReader, env: Environment): ClusterOptions {
  const kubeconfig = flag(FLAGS.kubeconfig)
  const context = flag(FLAGS.context)
  return { ...(kubeconfig !== '' && { kubeconfig }), ...(context !== '' && { context }), env: { ...env } }
}
