// The process from its options to its exit code, in this process, against an embedded server that counts every request.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type EmbeddedCluster, startEmbeddedCluster } from '../../../test/scenarios/embedded-cluster.ts'
import { AUTO, configObject, envFrom, workloadObject } from '../../../test/scenarios/harness/fixtures.ts'
import type { JsonObject } from '../../embedded/object/json.ts'
import { parseCommandLine } from '../options/command-line.ts'
import { run } from '../run.ts'

let cluster: EmbeddedCluster
let requests: string[] = []

beforeAll(async () => {
  cluster = await startEmbeddedCluster({
    onRequest: ({ info: { verb, resource } }) => requests.push(`${verb} ${resource.plural}`),
  })
})
afterAll(() => cluster.stop())
beforeEach(() => {
  requests = []
})

function create(object: unknown): void {
  const { metadata, ...rest } = object as { readonly metadata: JsonObject }
  cluster.api.objects.create({ ...rest, metadata: { namespace: 'default', ...metadata } } as JsonObject)
}

async function dryRun(...argv: readonly string[]) {
  const given = [
    '--dry-run',
    '--once',
    `--kubeconfig=${cluster.adminKubeconfig}`,
    '--log-level=error',
    ...argv,
  ]
  const line = parseCommandLine(given, {})
  if (line.kind !== 'run') throw new Error('Cannot run: something else was asked for')
  let text = ''
  const print = async (more: string) => {
    text += more
  }
  const { signal } = new AbortController()
  const code = await run(line.options, { signal, build: { version: '1.2.3', commit: 'c0ffee' }, print })
  return { code, text }
}

test('nothing is asked of the API server but to read, and what one may do', async () => {
  const [name, stamp] = ['STAKATER_APP_CONFIGMAP', 'da39a3ee5e6b4b0d3255bfef95601890afd80709']
  create(configObject({ kind: 'ConfigMap', name: 'app' }, { a: '1' }))
  const uses = [envFrom({ kind: 'ConfigMap', name: 'app' }), envFrom({ kind: 'Secret', name: 'key' })]
  create(workloadObject('web', { annotations: AUTO, uses, env: [{ name, value: stamp }], replicas: 0 }))
  create(workloadObject('bad', { annotations: { 'reloader.stakater.com/auto': 'yes' }, uses, replicas: 0 }))
  requests = []
  const { code, text } = await dryRun()
  expect(code).toBe(0)
  const reads = ['get', 'list', 'watch']
  const others = requests.filter((each) => !reads.includes(each.slice(0, each.indexOf(' '))))
  expect(new Set(others)).toEqual(new Set(['create selfsubjectaccessreviews']))
  expect(text).toContain('Follows: 1 of 2 workloads in sight: 1 Deployment\n')
  expect(text).toContain('Deployment default/bad: reloader.stakater.com/auto: yes: ')
  expect(text).toContain('Permissions: all that it needs are there\n')
  expect(text).toMatch(/\nNothing was written\.\n$/)
})

test('as JSON it is one line', async () => {
  const { text } = await dryRun('--log-format=json')
  expect(text.trimEnd().split('\n')).toHaveLength(1)
  expect(JSON.parse(text)).toMatchObject({ msg: 'Dry run report', cluster: { server: cluster.server } })
})
