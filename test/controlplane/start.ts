// A whole control plane on 127.0.0.1: etcd, the API server, the controllers, the scheduler and kwok as every kubelet.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiAccess, callApi } from './api.ts'
import { findBinaries } from './binaries.ts'
import { createAuthority } from './certificates.ts'
import {
  apiServerCommand,
  controllerCommand,
  etcdCommand,
  FILES,
  kwokCommand,
  type Plan,
  schedulerCommand,
} from './components.ts'
import { type ControlPlane, controlPlaneOf } from './control-plane.ts'
import { compactEtcd, etcdIsHealthy } from './etcd.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { controllersWork, createNodes } from './nodes.ts'
import { freePort } from './ports.ts'
import { becomesReady, guardProcesses, type Processes, type Running } from './processes.ts'

export interface ControlPlaneOptions {
  /** How many nodes there are. Default 2. */
  readonly nodes?: number
}

/**
 * Starts a control plane and resolves when its nodes are ready and its controllers work. Cold, it builds the programs
 * first, which takes minutes. Whatever becomes of this process, no process and no file of it stays behind.
 * Throws, having cleaned up, with the last lines of the log of the program that did not start.
 */
export async function startControlPlane({ nodes = 2 }: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await findBinaries()
  const directory = await mkdtemp(join(temporaryDirectory(), 'reloader-controlplane-'))
  const processes = guardProcesses(directory)
  try {
    const plan: Plan = { binaries, directory, ports: await freePorts() }
    const access = await writeFiles(plan)
    const restart = await startProcesses(processes, plan, access)
    await createNodes(access, nodes)
    await controllersWork(access)
    return controlPlaneOf(
      { server: access.server, ca: access.ca, adminToken: access.token, directory, binaries },
      {
        restartApiServer: restart,
        // The API server answers old watches from a window of its own, which only a restart empties.
        compact: () => compactEtcd(plan.ports.etcd).then(restart),
        stop: () => processes.close(),
      },
    )
  } catch (error) {
    await processes.close()
    throw error
  }
}

/** Memory where there is a file system of it: etcd then costs no disk. */
function temporaryDirectory(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}

async function freePorts(): Promise<Plan['ports']> {
  return { etcd: await freePort(), etcdPeer: await freePort(), apiServer: await freePort() }
}

async function writeFiles({ directory, ports }: Plan): Promise<ApiAccess & { readonly token: string }> {
  const write = (name: keyof typeof FILES, text: string) =>
    writeFile(join(directory, FILES[name]), text, { mode: 0o600 })
  const authority = createAuthority()
  const serving = authority.issueServer(['127.0.0.1', 'localhost'])
  const admin = authority.issueClient('admin', ['system:masters'])
  const signing = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const token = randomBytes(24).toString('hex')
  const access = { server: `https://127.0.0.1:${ports.apiServer}`, ca: authority.certificate, token }
  await write('authority', authority.certificate)
  await write('certificate', serving.certificate)
  await write('key', serving.key)
  await write('serviceAccountKey', signing.export({ type: 'sec1', format: 'pem' }).toString())
  await write('adminCertificate', admin.certificate)
  await write('adminKey', admin.key)
  await write('tokens', `${token},admin,admin,system:masters\n`)
  await writeKubeconfig(join(directory, FILES.adminKubeconfig), access)
  return access
}

/** Starts all of them, each when what it needs is ready, and returns what restarts the API server. */
async function startProcesses(
  processes: Processes,
  plan: Plan,
  access: ApiAccess,
): Promise<() => Promise<void>> {
  await becomesReady(processes.start(etcdCommand(plan)), () => etcdIsHealthy(plan.ports.etcd))
  let apiServer = await startApiServer(processes, plan, access)
  for (const command of [controllerCommand(plan), schedulerCommand(plan), kwokCommand(plan)])
    processes.start(command)
  return async () => {
    await apiServer.kill()
    apiServer = await startApiServer(processes, plan, access)
  }
}

async function startApiServer(processes: Processes, plan: Plan, access: ApiAccess): Promise<Running> {
  const apiServer = processes.start(apiServerCommand(plan))
  await becomesReady(apiServer, async () => {
    const answer = await callApi(access, '/readyz').catch(() => undefined)
    return answer?.status === 200
  })
  return apiServer
}
