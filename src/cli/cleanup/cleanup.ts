// `reloader cleanup`: looks, says what there is to do, and with --yes does it.

import type { KubeClient } from '../../kube/client.ts'
import type { Connection } from '../../kube/connection.ts'
import { createClient } from '../../kube/http-client.ts'
import { loadConnection } from '../../kube/load-connection.ts'
import { findInstallations } from '../find-installations.ts'
import type { Build } from '../version.ts'
import { carryOut } from './carry-out.ts'
import type { CleanupOptions } from './cleanup-options.ts'
import { foundText } from './cleanup-text.ts'
import { findOwn } from './find-own.ts'
import { findWorkloads } from './find-workloads.ts'
import { type Installation, type Leftovers, objectText } from './leftovers.ts'
import { stillAlive } from './still-alive.ts'

/** What the process gives to a cleanup besides its options. */
export interface CleanupContext {
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  readonly build: Build
  /** Hands text to standard output. */
  readonly print: (text: string) => Promise<unknown>
}

interface Cleanup extends CleanupContext {
  readonly options: CleanupOptions
  readonly connection: Connection
  readonly client: KubeClient
  readonly installation: Installation
  readonly say: (line: string) => void
}

/**
 * Resolves with the exit code: 0 where all is done, or told; 1 where something could not be looked at or done, or a controller
 * is alive. Rejects with an Error of one line when the API server cannot be talked to.
 */
export async function runCleanup(options: CleanupOptions, context: CleanupContext): Promise<number> {
  const connection = await loadConnection(options.cluster)
  const client = createClient({ connection, userAgent: `reloader/${context.build.version}` })
  const namespace = options.records.namespace ?? connection.namespace ?? 'default'
  const { leaseNamespace = namespace } = options
  const installation = { namespace, name: options.records.name, leaseNamespace }
  const said: Promise<unknown>[] = []
  const say = (line: string) => {
    said.push(context.print(`${line}\n`))
  }
  try {
    return await cleanUp({ ...context, options, connection, client, installation, say })
  } finally {
    await Promise.all(said)
    client.close()
  }
}

async function cleanUp(cleanup: Cleanup): Promise<number> {
  const { options, say } = cleanup
  const leftovers = await findLeftovers(cleanup)
  say(foundText(leftovers, await textOptions(cleanup)))
  const alive = options.force ? undefined : await stillAlive(aliveParts(cleanup, leftovers))
  if (alive !== undefined) {
    say(`Refused: ${alive}.`)
    return 1
  }
  const complete = leftovers.problems.length === 0 && leftovers.own.every(({ keep }) => keep === undefined)
  const done = await act(leftovers, { ...cleanup, complete })
  return done && complete ? 0 : 1
}

/** Whether nothing that was to be done failed. `complete`: all of it was seen, and nothing has to be kept. */
async function act(
  leftovers: Leftovers,
  { complete, ...cleanup }: Cleanup & { readonly complete: boolean },
): Promise<boolean> {
  const { options, say } = cleanup
  const { workloads, own } = leftovers
  if (workloads.length === 0 && own.every(({ keep }) => keep !== undefined)) {
    say(complete ? 'There is nothing to do.' : 'Nothing more can be done.')
    return true
  }
  if (options.yes) return carriedOut(leftovers, cleanup)
  say('Nothing was changed: this was a dry run. --yes carries it out.')
  return true
}

async function findLeftovers({ client, options, installation, signal }: Cleanup): Promise<Leftovers> {
  const own = await findOwn(client, installation, signal)
  const { workloads, running, problems } = await findWorkloads(client, options, signal)
  return { own: own.found, workloads, running, problems: [...own.problems, ...problems] }
}

async function textOptions({ client, connection, options, installation, signal }: Cleanup) {
  const others = await findInstallations(client, { signal })
  const { server, source } = connection
  return { server, source, installation, others, stamps: options.stamps }
}

function aliveParts({ client, installation, say, signal }: Cleanup, { running }: Leftovers) {
  return { client, installation, running, onWait: say, signal }
}

/** Whether all of it was done. */
async function carriedOut(leftovers: Leftovers, cleanup: Cleanup): Promise<boolean> {
  const { client, options, installation, say, signal } = cleanup
  let done = 0
  let failed = 0
  await carryOut(leftovers, {
    client,
    options,
    signal,
    onDone(line) {
      done += 1
      say(line)
    },
    onProblem(line) {
      failed += 1
      say(line)
    },
  })
  const { found } = await findOwn(client, installation, signal)
  const known = new Set(leftovers.own.map(({ uid }) => uid))
  const again = found.filter(({ uid }) => !known.has(uid))
  for (const object of again) say(`${objectText(object)} was made again meanwhile: a controller is alive`)
  const all = failed === 0 && again.length === 0
  say(
    `${done} done${failed === 0 ? '' : `, ${failed} not`}.${all ? '' : ' Run this again once that is mended.'}`,
  )
  return all
}
