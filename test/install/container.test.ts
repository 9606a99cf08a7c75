// The bundle as a container would run it: alone in a directory that cannot be written to, as an unprivileged user, without
// the right to write any file or to start any program, and within the memory and processor limits of the chart.
import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { ROOT } from '../../scripts/render/files.ts'
import { nodeFlags } from '../packaging/dockerfile.ts'
import { eventually } from '../scenarios/harness/eventually.ts'
import { useInstallWorld } from './install-world.ts'
import { deploymentOf } from './installed.ts'
import { controlPlane, done, kubectl } from './tools.ts'

const world = useInstallWorld()
const USER = 65532
const [major = 0] = process.versions.node.split('.').map(Number)
/** Node's own fence: no file may be written, no process, worker or add-on started. */
const FENCE = [
  major >= 24 ? '--permission' : '--experimental-permission',
  '--allow-fs-read=*',
  ...(major >= 25 ? ['--allow-net'] : []),
]
const root = process.getuid?.() === 0

test('it rolls a workload from an empty read-only directory, without writing a file', async () => {
  const home = await world.namespace()
  const app = await world.app(home)
  await world.release(home, { values: { reloader: { watchGlobally: false } } })
  const { child, output } = await start(home.name)
  await eventually(() => output.some((line) => line.includes('listening')), {
    what: `its port: ${output.join('\n')}`,
  })
  await eventually(async () => JSON.stringify(await home.list('ConfigMap')).includes('web'), {
    what: `the record of the workload; it printed: ${output.join('\n')}`,
  })
  await app.config.set({ a: '2' })
  await eventually(() => app.web.rolls === 1, { what: 'the roll' })
  expect(output.filter((line) => /ERR_ACCESS_DENIED|"level":"error"/.test(line))).toEqual([])
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  expect(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024).toBeLessThan(128)
  if (root) expect(/Uid:\s+(\d+)/.exec(status)?.[1]).toBe(`${USER}`)
  child.kill('SIGTERM')
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
})

/** As the pod of the Deployment in the namespace. */
async function start(
  namespace: string,
): Promise<{ readonly child: ChildProcess; readonly output: readonly string[] }> {
  const { spec } = (await deploymentOf({ namespace, name: 'reloader-reloader' })).spec.template
  const [container] = spec.containers
  const directory = mkdtempSync(join(tmpdir(), 'reloader-container-'))
  world.afterwards(async () => rmSync(directory, { recursive: true, force: true }))
  const kubeconfig = join(directory, 'kubeconfig')
  await writeKubeconfig(kubeconfig, namespace, spec.serviceAccountName)
  copyFileSync(join(ROOT, 'dist', 'reloader.mjs'), join(directory, 'reloader.mjs'))
  chmodSync(directory, 0o555)
  const args = [
    ...FENCE,
    ...nodeFlags(),
    'reloader.mjs',
    ...container.args,
    '--listen-address=127.0.0.1:0',
    '--log-format=json',
  ]
  const child = spawn(process.execPath, args, {
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
  world.afterwards(async () => child.kill('SIGKILL'))
  limit(child, 256 * 1024 * 1024)
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => output.push(line))
  return { child, output }
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

/** The limit of the chart, where this machine lets a test make a control group (version 1); nothing where it does not. */
function limit(child: ChildProcess, bytes: number): void {
  const group = `/sys/fs/cgroup/memory/reloader-test-${process.pid}`
  try {
    mkdirSync(group)
    writeFileSync(join(group, 'memory.limit_in_bytes'), `${bytes}`)
    writeFileSync(join(group, 'cgroup.procs'), `${child.pid}`)
  } catch {
    return
  }
  world.afterwards(async () => {
    child.kill('SIGKILL')
    await eventually(() => {
      try {
        rmdirSync(group)
        return true
      } catch {
        return false
      }
    })
  })
}
