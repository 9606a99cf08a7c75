// What `reloader cleanup` was asked to do.
import { parseArgv } from '../options/argv.ts'
import type { Flag } from '../options/flag.ts'
import { FLAGS } from '../options/flag-table.ts'
import { deepFreeze } from '../options/freeze.ts'
import { OptionError } from '../options/option-error.ts'
import { createOptionReader } from '../options/option-reader.ts'
import {
  type ClusterOptions,
  type Environment,
  type RecordOptions,
  type Scope,
  toCluster,
  toRecords,
  toScope,
} from '../options/options.ts'
import { VARIABLES } from '../options/variable-table.ts'
import { CLEANUP_FLAGS } from './cleanup-flags.ts'

/** Deeply frozen. */
export interface CleanupOptions {
  readonly cluster: ClusterOptions
  readonly records: RecordOptions
  /** POD_NAMESPACE: where the Lease is; undefined: where the records are. */
  readonly leaseNamespace?: string
  readonly scope: Pick<Scope, 'namespaces' | 'ignoredNamespaces' | 'namespaceSelector'>
  /** The annotation on Deployments that Reloader paused. */
  readonly pausedAt: string
  /** Stamps are taken out of pod templates, too. */
  readonly stamps: boolean
  /** It is carried out, not only told. */
  readonly yes: boolean
  /** A controller that seems to be alive is no reason to refuse. */
  readonly force: boolean
}

/**
 * `--help` and `--version` win over everything else.
 *
 * @throws {OptionError} one line that names the flag or variable, the reason and the mend
 */
export function parseCleanup(argv: readonly string[], env: Environment): CleanupOptions | 'help' | 'version' {
  const flags: readonly Flag<unknown>[] = [...Object.values(CLEANUP_FLAGS), ...Object.values(FLAGS)]
  const { wants, given } = parseArgv(argv, flags, { program: 'reloader cleanup' })
  if (wants !== 'run') return wants
  const reader = createOptionReader(given, env)
  reader.checkAll(flags, Object.values(VARIABLES))
  const { flag, variable } = reader
  const yes = flag(CLEANUP_FLAGS.yes)
  if (yes && flag(FLAGS.dryRun))
    throw new OptionError('Cannot use --yes: --dry-run is set, too; leave one of them out')
  const leaseNamespace = variable(VARIABLES.podNamespace)
  return deepFreeze({
    cluster: toCluster(reader, env),
    records: toRecords(reader),
    ...(leaseNamespace !== undefined && { leaseNamespace }),
    scope: toScope(reader).scope,
    pausedAt: flag(FLAGS.pauseDeploymentTimeAnnotation),
    stamps: flag(CLEANUP_FLAGS.stamps),
    yes,
    force: flag(CLEANUP_FLAGS.force),
  })
}
