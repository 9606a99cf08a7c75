// kubectl as people run it, against the embedded cluster.
import { spawn } from 'node:child_process'
import { afterAll, beforeAll } from 'vitest'
import { type DemoCluster, startDemoCluster } from '../../src/cli/demo/demo-cluster.ts'
import type { Kubectl } from '../controlplane/kubectls.ts'
import { done, type Outcome, run } from '../install/tools.ts'
import { eventually } from '../scenarios/harness/eventually.ts'

/** Pods of this cluster are there at once. */
const AT_ONCE = { startMs: 0, readyMs: 0, stopMs: 0 }

/** One cluster for all tests of the file. */
export function useEmbeddedCluster(): () => DemoCluster {
  let cluster: DemoCluster | undefined
  beforeAll(async () => {
    cluster = await startDemoCluster(AT_ONCE)
  })
  afterAll(async () => {
    await cluster?.stop()
  })
  return () => {
    if (cluster === undefined) throw new Error('Cannot use the cluster: it is not started')
    return cluster
  }
}

/** One kubectl that works in one namespace. */
export interface KubectlUser {
  /** What it prints; throws with what it says where it fails. */
  readonly ok: (command: string, input?: string) => Promise<string>
  /** What it says when it fails; throws where it does not. */
  readonly refused: (command: string) => Promise<string>
  /** Starts a command that goes on. */
  readonly start: (command: string) => Running
}

export interface Running {
  /** Resolves with everything printed so far, once it matches. */
  readonly until: (pattern: RegExp) => Promise<string>
  readonly stop: () => Promise<void>
}

/** Arguments are split at blanks. */
export function kubectlUser(
  cluster: () => DemoCluster,
  { file, namespace }: Pick<Kubectl, 'file'> & { readonly namespace: string },
): KubectlUser {
  const argsOf = (command: string) => [
    `--kubeconfig=${cluster().adminKubeconfig}`,
    `--namespace=${namespace}`,
    ...command.split(' '),
  ]
  const env = () => ({ HOME: cluster().directory })
  const carryOut = (command: string, input = ''): Promise<Outcome> =>
    run(file, argsOf(command), { env: env(), input })
  return {
    ok: async (command, input) => (await done(carryOut(command, input))).stdout,
    async refused(command) {
      const { code, stdout, stderr } = await carryOut(command)
      if (code === 0) throw new Error(`Cannot go on: kubectl ${command} was not refused: ${stdout}`)
      return stderr
    },
    start: (command) => start(file, argsOf(command), env()),
  }
}

function start(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const child = spawn(file, args, { env: { PATH: process.env.PATH ?? '', ...env }, stdio: 'pipe' })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  }
  return {
    async until(pattern) {
      await eventually(() => pattern.test(text), { what: `${pattern} in what kubectl prints` })
      return text
    },
    async stop() {
      child.kill()
      await ended
    },
  }
}
