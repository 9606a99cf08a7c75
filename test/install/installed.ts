// What is installed in a cluster, and the controller as its Deployment would run it: outside, because no containers run
// here, but under the token of the ServiceAccount that was made and with the arguments and variables of the pod.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ApiProxy, startApiProxy } from '../scenarios/harness/api-proxy.ts'
import { type BarrierOptions, createBarrier } from '../scenarios/harness/barrier.ts'
import { type ControllerProcess, startControllerProcess } from '../scenarios/harness/controller-process.ts'
import { eventually } from '../scenarios/harness/eventually.ts'
import { kubeconfigThrough } from '../scenarios/harness/kubeconfig-through.ts'
import type { Namespace } from '../scenarios/harness/namespace.ts'
import type { Deployment, EnvVar } from './rendered.ts'
import { controlPlane, done, kubectl } from './tools.ts'

/** Which Deployment to run. */
export interface DeploymentName {
  readonly namespace: string
  readonly name: string
}

export interface RunOptions extends DeploymentName {
  /** A directory for files. */
  readonly directory: string
  /** What it is to look at, for `decided`. */
  readonly namespaces: readonly Namespace[]
}

export interface RunningController {
  readonly process: ControllerProcess
  readonly proxy: ApiProxy
  /** Resolves when everything that was written before the call has been decided and carried out. */
  decided(options?: BarrierOptions): Promise<void>
  /** One line for each request that RBAC refused: `verb resource in namespace`. */
  refused(): readonly string[]
  stop(): Promise<void>
}

/** The Deployment as it is in the cluster. */
export async function deploymentOf({ namespace, name }: DeploymentName): Promise<Deployment> {
  const { stdout } = await done(kubectl(['get', 'deployment', name, `--namespace=${namespace}`, '-o=json']))
  return JSON.parse(stdout) as Deployment
}

/** Starts the controller of the Deployment and waits until its readiness probe would succeed. */
export async function runInstalled(options: RunOptions): Promise<RunningController> {
  const { namespace, directory, name, namespaces } = options
  const { spec } = (await deploymentOf(options)).spec.template
  const [container] = spec.containers
  const token = await done(kubectl(['create', 'token', spec.serviceAccountName, `--namespace=${namespace}`]))
  const proxy = await startApiProxy(controlPlane())
  const file = join(directory, `${namespace}-${name}.kubeconfig`)
  const direct = JSON.stringify({ users: [{ user: { token: token.stdout.trim() } }] })
  await writeFile(file, direct)
  await writeFile(file, kubeconfigThrough(file, proxy.server), { mode: 0o600 })
  const process = startControllerProcess({
    // A port of its own, as a pod has; and lines that can be read.
    args: [...(container.args ?? []), '--listen-address=127.0.0.1:0', '--log-format=json'],
    env: { ...(await environmentOf(container.env, options)), KUBECONFIG: file },
  })
  await process.ready()
  return {
    process,
    proxy,
    decided: createBarrier({ process, proxy, namespaces }),
    refused: () =>
      proxy
        .requestsLike({ where: ({ status }) => status === 403 })
        .map((each) => `${each.verb} ${each.resource} in ${each.namespace || 'the cluster'}`),
    async stop() {
      await process.kill('SIGTERM')
      await proxy.close()
    },
  }
}

/** The variables as the kubelet would set them. */
async function environmentOf(
  env: readonly EnvVar[],
  { namespace, name }: DeploymentName,
): Promise<Record<string, string>> {
  const fields: Readonly<Record<string, string>> = {
    'metadata.namespace': namespace,
    'metadata.name': `${name}-0`,
  }
  const entries = await Promise.all(
    env.map(async ({ name: variable, value, valueFrom }) => {
      if (value !== undefined) return [variable, value] as const
      const { fieldRef, secretKeyRef } = valueFrom ?? {}
      if (fieldRef !== undefined) return [variable, fields[fieldRef.fieldPath] ?? ''] as const
      const secret = ['get', 'secret', secretKeyRef?.name ?? '', `--namespace=${namespace}`, '-o=json']
      const { stdout } = await done(kubectl(secret))
      const { data = {} } = JSON.parse(stdout) as { data?: Record<string, string> }
      const encoded = data[secretKeyRef?.key ?? '']
      if (encoded === undefined) throw new Error(`Cannot start the pod: ${variable} has no value`)
      return [variable, Buffer.from(encoded, 'base64').toString()] as const
    }),
  )
  return Object.fromEntries(entries)
}

/** Whether the user may do this, by the API server's own answer. */
export async function may(user: string, args: readonly string[]): Promise<boolean> {
  const { stdout } = await kubectl(['auth', 'can-i', ...args, `--as=${user}`])
  return stdout.trim() === 'yes'
}

/** Resolves when the authorizer, which reads roles through a watch, answers so. */
export async function mayEventually(
  user: string,
  args: readonly string[],
  expected: boolean,
): Promise<boolean> {
  return await eventually(async () => ((await may(user, args)) === expected ? [expected] : undefined), {
    what: `${user} ${expected ? 'may' : 'may not'} ${args.join(' ')}`,
  }).then(([answer = !expected]) => answer)
}
