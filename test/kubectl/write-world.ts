// The same kubectl commands against both servers, each with a namespace of its own, and what they said in a form that can
// be compared.
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Listener, listen } from '../../src/embedded/http/http-listener.ts'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../controlplane/share.ts'
import { type Outcome, run } from '../install/tools.ts'
import { type EmbeddedCluster, startEmbeddedCluster } from '../scenarios/embedded-cluster.ts'

/** A command line after `kubectl`, split at blanks where it is one text; `{ns}` and `{dir}` stand for their values. */
export type Command =
  | string
  | readonly string[]
  | { readonly args: string; readonly input?: string; readonly editor?: string }

interface Server {
  readonly kubeconfig: string
  readonly namespace: string
}

/** Both servers, and a directory of files that the commands name. */
export interface WriteWorld {
  /** Runs the commands one after the other, on both servers at once; the outcomes of the embedded and of the real one. */
  readonly play: (commands: readonly Command[]) => Promise<readonly [readonly Outcome[], readonly Outcome[]]>
  readonly embedded: EmbeddedCluster
  /** For the administrator of the embedded cluster. */
  readonly kubeconfig: string
  readonly stop: () => Promise<void>
}

/** Starts an embedded cluster beside the control plane of the run. */
export async function startWriteWorld(files: Readonly<Record<string, string>>): Promise<WriteWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'reloader-kubectl-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), content)
  }
  const real = connectControlPlane(process.env[CLUSTER_FILE_VARIABLE] ?? '')
  const embedded = await startEmbeddedCluster()
  const listener = await listenAsAdmin(embedded)
  const kubeconfig = join(directory, '.kubeconfig')
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(listener.url)))
  const clusters = [kubeconfig, real.adminKubeconfig]

  async function playOn(kubeconfig: string, commands: readonly Command[]): Promise<readonly Outcome[]> {
    const server = { kubeconfig, namespace: `kubectl-${randomBytes(4).toString('hex')}` }
    const kubectl = (command: Command) => runKubectl(real.binaries.kubectl, command, { ...server, directory })
    await kubectl(['create', 'namespace', server.namespace])
    const outcomes: Outcome[] = []
    for (const command of commands) outcomes.push(normalised(await kubectl(command), server, directory))
    await kubectl(['delete', 'namespace', server.namespace, '--wait=false'])
    return outcomes
  }

  return {
    embedded,
    kubeconfig,
    async play(commands) {
      const [ours = [], theirs = []] = await Promise.all(clusters.map((each) => playOn(each, commands)))
      return [ours, theirs]
    },
    async stop() {
      await listener.close()
      await embedded.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** kubectl sends no token over a connection that is not encrypted, so whoever comes this way is the administrator. */
function listenAsAdmin({ api, adminToken }: EmbeddedCluster): Promise<Listener> {
  return listen((request) => {
    const headers = new Headers(request.headers)
    headers.set('authorization', `Bearer ${adminToken}`)
    return api.fetch(new Request(request, { headers }))
  })
}

function kubeconfigOf(server: string) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'embedded', cluster: { server } }],
    contexts: [{ name: 'embedded', context: { cluster: 'embedded' } }],
    'current-context': 'embedded',
  }
}

interface Place extends Server {
  readonly directory: string
}

function runKubectl(
  kubectl: string,
  command: Command,
  { kubeconfig, namespace, directory }: Place,
): Promise<Outcome> {
  const {
    args,
    input = '',
    editor = 'false',
  } = typeof command === 'string' || Array.isArray(command)
    ? { args: command }
    : (command as { args: string; input?: string; editor?: string })
  const words = (typeof args === 'string' ? args.split(' ') : args).map((each: string) =>
    each.replaceAll('{ns}', namespace).replaceAll('{dir}', directory),
  )
  return run(kubectl, [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`, ...words], {
    env: {
      HOME: join(directory, kubeconfig === join(directory, '.kubeconfig') ? 'home-a' : 'home-b'),
      KUBE_EDITOR: editor,
    },
    input,
  })
}

function normalised({ code, stdout, stderr }: Outcome, { namespace }: Server, directory: string): Outcome {
  const plain = (text: string) =>
    comparable(text.replaceAll(namespace, '{ns}').replaceAll(directory, '{dir}'))
  return { code, stdout: plain(stdout), stderr: plain(stderr) }
}

/** Without what differs from run to run: times, uids, versions, hashes of templates, temporary files. */
function comparable(text: string): string {
  if (text.startsWith('{')) return JSON.stringify(pruned(JSON.parse(text)), null, 1)
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}/g, 'TIME')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replace(/(resourceVersion: )"\d+"/g, '$1N')
    .replace(/pod-template-hash=\w+/g, 'pod-template-hash=HASH')
    .replace(/replicaset.apps\/web-\w+/g, 'replicaset.apps/web-HASH')
    .replace(/\/tmp\/(LIVE|MERGED)-\d+/g, '$1')
    .replace(/kubectl-edit-\w+\.yaml/g, 'EDITED')
    .replace(/^index .*\n/gm, '')
}

const INCIDENTAL = ['uid', 'resourceVersion', 'creationTimestamp', 'time', 'status', 'generation']

function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => !isOfController(each)).map(pruned)
  if (typeof value === 'string') return value.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(
    ([key]) => !INCIDENTAL.includes(key) && !key.startsWith('deployment.kubernetes.io/'),
  )
  return Object.fromEntries(
    members.map(([key, each]) => [key, key === 'managedFields' ? inOneOrder(pruned(each)) : pruned(each)]),
  )
}

/** The servers sort these by whole seconds first, and a second may end between two commands on one of them. */
function inOneOrder(entries: unknown): unknown {
  if (!Array.isArray(entries)) return entries
  return entries.map((each) => JSON.stringify(each)).toSorted()
}

/** Entries of managedFields that controllers come to own at moments of their own. */
function isOfController(value: unknown): boolean {
  const manager = (value as { manager?: unknown } | null)?.manager
  return manager === 'kube-controller-manager' || manager === 'admin'
}
