// The manifests of examples/: each is accepted by an API server, strictly, and follows what its comment says.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readExample } from '../../src/cli/demo/examples.ts'
import { followsOf } from '../../src/decide/match.ts'
import { reduceWorkload } from '../../src/decide/reduce-workload.ts'
import { DEFAULT_ANNOTATION_NAMES } from '../../src/decide/settings/annotation-names.ts'
import { createApiServer } from '../../src/embedded/api-server.ts'
import { type JsonObject, objectAt, textAt } from '../../src/embedded/object/json.ts'
import { resourceOf } from '../../src/embedded/object/resources.ts'
import { parseObject } from '../../src/kube/raw-object.ts'
import { pathOf } from '../../src/kube/resource-path.ts'
import { CONFIG_TYPES } from '../../src/types/config.ts'
import type { WorkloadKind } from '../../src/types/workload.ts'
import { lookup } from '../follows.ts'

const root = join(import.meta.dirname, '..', '..')
const examples = join(root, 'examples')
const files = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((name) => /^(payment-gateway|apps)\/.*\.yaml$/.test(name))
  .sort()

/** The cluster of the demo has no network, and so no Services. */
const WITHOUT_NETWORK = 'payment-gateway/services.yaml'

test.each(files.filter((each) => each !== WITHOUT_NETWORK))(
  '%s is accepted by the embedded server',
  async (file) => {
    const server = createApiServer()
    if (file.startsWith('apps/') && !file.endsWith('configs.yaml'))
      server.objects.create({ kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'apps' } })
    for (const object of readExample(examples, file)) {
      const response = await created(server, object)
      expect([response.status, response.headers.get('warning')]).toEqual([201, null])
    }
  },
)

function created(server: ReturnType<typeof createApiServer>, object: JsonObject): Promise<Response> {
  const resource = resourceOf(textAt(object, 'kind'))
  const namespace = resource.namespaced ? textAt(object, 'metadata', 'namespace') || 'default' : ''
  const request = new Request(`http://127.0.0.1${pathOf(resource, { namespace })}?fieldValidation=Strict`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.tokens.issueAdmin()}`, 'content-type': 'application/json' },
    body: JSON.stringify(object),
  })
  return server.fetch(request)
}

describe('each workload follows what its comment says', () => {
  test.each<[string, readonly string[]]>([
    [
      'payment-gateway/auto.yaml',
      [
        'ConfigMap/database-conn host,pool.properties',
        'ConfigMap/feature-flags all',
        'Secret/master-key key',
        'Secret/tls-cert all',
      ],
    ],
    ['payment-gateway/by-configmap.yaml', ['ConfigMap/database-conn all', 'ConfigMap/feature-flags all']],
    ['payment-gateway/by-secret.yaml', ['Secret/master-key all', 'Secret/tls-cert all']],
    ['payment-gateway/ledger.yaml', ['ConfigMap/database-conn host']],
    ['payment-gateway/edge-proxy.yaml', ['Secret/tls-cert all']],
    ['apps/my-app.yaml', ['ConfigMap/my-configmap all']],
    [
      'apps/my-worker.yaml',
      [
        'ConfigMap/my-configmap all',
        'ConfigMap/my-secret all',
        'Secret/my-configmap all',
        'Secret/my-secret all',
      ],
    ],
    ['apps/opted-out.yaml', []],
  ])('%s', (file, expected) => {
    const [object = {}] = readExample(examples, file)
    const autoReloadAll = file === 'apps/opted-out.yaml'
    expect(followedBy(object, autoReloadAll)).toEqual(expected)
  })
})

function followedBy(object: JsonObject, autoReloadAll: boolean): readonly string[] {
  const metadata = { uid: 'u', resourceVersion: '1', namespace: 'default', ...objectAt(object, 'metadata') }
  const workload = reduceWorkload(parseObject({ ...object, metadata }), {
    kind: textAt(object, 'kind') as WorkloadKind,
    names: DEFAULT_ANNOTATION_NAMES,
    autoReloadAll,
    imagePullSecrets: false,
    source: 'list',
  })
  const follows = followsOf(workload, { configs: lookup(), types: CONFIG_TYPES, keyLevel: true })
  return follows.map(
    ({ config, keys }) => `${config.kind}/${config.name} ${keys === 'all' ? keys : keys.join(',')}`,
  )
}

test('the three ways to ask for the gateway differ in nothing else', () => {
  const [auto, ...others] = ['auto', 'by-configmap', 'by-secret'].map((name) => {
    const [object = {}] = readExample(examples, `payment-gateway/${name}.yaml`)
    return object.spec
  })
  for (const spec of others) expect(spec).toEqual(auto)
})
