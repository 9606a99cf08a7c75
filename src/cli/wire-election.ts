// The election of the replica that acts, if there is to be one.
import { createLeaderElection, type LeaderElection } from '../controller/election/leader-election.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Log } from '../telemetry/log.ts'
import { LEASE_NAME } from '../types/own-objects.ts'
import type { Options } from './options/options.ts'
import { refusalText } from './try-again.ts'

interface ElectionParts {
  readonly options: Pick<Options, 'election' | 'dryRun'>
  readonly client: KubeClient
  readonly log: Log
}

/** Undefined without --enable-ha, and for a dry run: that writes nothing, and a Lease least of all. */
export function wireElection({ options, client, log }: ElectionParts): LeaderElection | undefined {
  if (options.election === undefined || options.dryRun) return undefined
  const { identity, namespace, timing } = options.election
  return createLeaderElection({
    client,
    namespace,
    name: LEASE_NAME,
    identity,
    timing,
    onHolder: (holder) => log.info(newsOf(holder, identity), { lease: `${namespace}/${LEASE_NAME}` }),
    onProblem: (error) => log.warn(`Cannot take part in the election, trying again: ${refusalText(error)}`),
  })
}

function newsOf(holder: string, identity: string): string {
  if (holder === '') return 'The leader gave up the lease'
  return holder === identity ? 'Became the leader' : `Following the leader ${holder}`
}
