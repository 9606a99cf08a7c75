// The bundle as a container would run it: alone in a directory that cannot be written to, as an unprivileged user, without
// the right to write any file or to start any program, and within the memory and processor limits of the chart.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../scripts/render/files.ts'
import { nodeFlags } from '../packaging/dockerfile.ts'
import { eventually } from '../scenarios/harness/eventually.ts'
import type { Namespace } from '../scenarios/harness/namespace.ts'
import { type ControlGroup, type Limits, limitProcess } from './control-group.ts'
import { useInstallWorld } from './install-world.ts'
import { deploymentOf } from './installed.ts'
import { findNode, MAJORS, type Node } from './nodes.ts'
import type { Container as Rendered } from './rendered.ts'
import { controlPlane, done, kubectl } from './tools.ts'

const world = useInstallWorld()
const USER = 65532
const MEBIBYTE = 1024 * 1024
const root = process.getuid?.() === 0

// Where they were never fetched, this takes a while.
beforeAll(() => Promise.all(MAJORS.map(findNode)), 300_000)

/** Node's own fence: no file may be written, no process, worker or add-on started. */
function fence(major: number): readonly string[] {
  return [major >= 24 ? '--permission' : '--experimental-permission', '--allow-fs-read=*']
}

test.each(MAJORS)(
  'on Node %d it rolls a workload from an empty read-only directory, without writing a file',
  async (major) => {
    const home = await world.namespace()
    const app = await world.app(home)
    await world.release(home, { values: { reloader: { watchGlobally: false } } })
    const { child, output, group } = await start(home.name, await findNode(major))
    await eventually(() => output.some((line) => line.includes('listening')), {
      what: `its port: ${output.join('\n')}`,
    })
    await eventually(async () => await isRecorded(home), {
      what: `the record of the workload; it printed: ${output.join('\n')}`,
    })
    await app.config.set({ a: '2' })
    await eventually(() => app.web.rolls === 1, { what: 'the roll' })
    expect(output.filter((line) => /ERR_ACCESS_DENIED|"level":"error"/.test(line))).toEqual([])
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    expect(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024).toBeLessThan(128)
    if (root) expect(/Uid:\s+(\d+)/.exec(status)?.[1]).toBe(`${USER}`)
    const groups = readFileSync(`/proc/${child.pid}/cgroup`, 'utf8')
    expect(groups.includes(`reloader-test-${child.pid}`)).toBe(group.limited.length > 0)
    child.kill('SIGTERM')
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
  },
)

/** Other ConfigMaps of ours are there earlier, and name a webhook. */
async function isRecorded(home: Namespace): Promise<boolean> {
  const configMaps = await home.list('ConfigMap')
  const records = configMaps.filter(({ metadata }) => metadata.name.includes('-records-'))
  return JSON.stringify(records).includes('"web\\"')
}

interface Container {
  readonly child: ChildProcess
  readonly output: readonly string[]
  readonly group: ControlGroup
}

/** As the pod of the Deployment in the namespace. */
async function start(namespace: string, node: Node): Promise<Container> {
  const { spec } = (await deploymentOf({ namespace, name: 'reloader-reloader' })).spec.template
  const [container] = spec.containers
  const directory = mkdtempSync(join(tmpdir(), 'reloader-container-'))
  world.afterwards(async () => rmSync(directory, { recursive: true, force: true }))
  const kubeconfig = join(directory, 'kubeconfig')
  await writeKubeconfig(kubeconfig, namespace, spec.serviceAccountName)
  copyFileSync(join(ROOT, 'dist', 'reloader.mjs'), join(directory, 'reloader.mjs'))
  // The user may not enter the directories above it.
  copyFileSync(node.file, join(directory, 'node'))
  chmodSync(directory, 0o555)
  const args = [
    ...fence(node.major),
    ...nodeFlags(),
    'reloader.mjs',
    ...container.args,
    '--listen-address=127.0.0.1:0',
    '--log-format=json',
  ]
  const child = spawn(join(directory, 'node'), args, {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(root ? { uid: USER, gid: USER } : {}),
    env: {
      HOME: '/nonexistent',
      KUBECONFIG: kubeconfig,
      RELOADER_NAMESPACE: namespace,
      KUBERNETES_NAMESPACE: namespace,
      RELOADER_DEPLOYMENT_NAME: 'reloader-reloader',
    },
  })
  const group = limitProcess(child.pid ?? 0, limitsOf(container))
  world.afterwards(() => group.remove())
  world.afterwards(async () => child.kill('SIGKILL'))
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => output.push(line))
  return { child, output, group }
}

async function writeKubeconfig(file: string, namespace: string, account: string): Promise<void> {
  const { server, ca } = controlPlane()
  const { stdout } = await done(kubectl(['create', 'token', account, `--namespace=${namespace}`]))
  const named = { name: 'pod' }
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'pod',
    clusters: [{ ...named, cluster }],
    users: [{ ...named, user: { token: stdout.trim() } }],
    contexts: [{ ...named, context: { cluster: 'pod', user: 'pod' } }],
  }
  writeFileSync(file, JSON.stringify(config), { mode: 0o644 })
}

/** The chart limits the memory; of the processor it only asks for a share, so it gets a limit that is often set. */
function limitsOf({ resources }: Rendered): Limits {
  const { limits } = resources as { readonly limits: { readonly memory: string } }
  const [, mebibytes] = /^(\d+)Mi$/.exec(limits.memory) ?? []
  return { memoryBytes: Number(mebibytes) * MEBIBYTE, cpuMillis: 200 }
}
