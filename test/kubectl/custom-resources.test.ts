// Custom resources in the hands of kubectl, in two minor versions.
import { describe, expect, test } from 'vitest'
import { findKubectls } from '../controlplane/kubectls.ts'
import { kubectlUser, useEmbeddedCluster } from './kubectl-world.ts'

const cluster = useEmbeddedCluster()

const SPEC = { type: 'object', required: ['size'], properties: { size: { type: 'integer' } } }
const STATUS = { type: 'object', properties: { phase: { type: 'string' }, size: { type: 'integer' } } }

function definition(group: string) {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: SPEC, status: STATUS } } }
  const scale = { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' }
  const additionalPrinterColumns = [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ]
  return JSON.stringify({
    kind: 'CustomResourceDefinition',
    apiVersion: 'apiextensions.k8s.io/v1',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['all'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema,
          subresources: { status: {}, scale },
          additionalPrinterColumns,
        },
      ],
    },
  })
}

describe.each(await findKubectls())('kubectl $minor', ({ minor, file }) => {
  const group = `v${minor.replace('.', '-')}.example.com`
  const { ok, refused, start } = kubectlUser(cluster, { file, namespace: 'default' })
  const widget = (size: unknown) =>
    JSON.stringify({ kind: 'Widget', apiVersion: `${group}/v1`, metadata: { name: 'w' }, spec: { size } })

  test('a resource lives from its definition to its end', async () => {
    await ok('create --filename=-', definition(group))
    await ok(`wait --for=condition=Established crd/widgets.${group} --timeout=10s`)
    expect(await ok(`api-resources --api-group=${group}`)).toMatch(/^widgets +wd /m)
    expect(await ok('get wd')).toBe('')
    expect(await ok('explain widget.spec.size')).toMatch(/FIELD: size <integer>/)
    await ok('create --filename=-', widget(2))
    const watch = start('get widgets --watch')
    await watch.until(/^w +2 /m)

    expect(await ok('get widgets --output=wide')).toMatch(/^NAME +SIZE +PHASE +AGE\nw +2 +/)
    expect(await ok('get all')).toMatch(new RegExp(`^widget\\.${group.replaceAll('.', '\\.')}/w`, 'm'))
    await ok('patch widget w --subresource=status --type=merge --patch={"status":{"phase":"Fine"}}')
    expect(await ok('describe widget w')).toMatch(/Phase: +Fine/)
    expect(await ok('scale widget w --replicas=5')).toMatch(/scaled/)
    await watch.until(/^w +5 /m)
    expect(await ok('apply --filename=-', widget(4))).toMatch(/widget\S* configured/)
    await ok('patch widget w --type=json --patch=[{"op":"replace","path":"/spec/size","value":6}]')
    expect(await refused('patch widget w --type=strategic --patch={"spec":{"size":7}}')).toMatch(
      /application\/merge-patch\+json|UnsupportedMediaType|unknown format/,
    )
    expect(await refused('patch widget w --type=merge --patch={"spec":{"size":"x"}}')).toMatch(
      /spec\.size in body must be of type integer/,
    )

    await ok(`delete crd widgets.${group} --timeout=10s`)
    await watch.stop()
    expect(await refused('get widgets')).toMatch(/the server doesn't have a resource type|NotFound/)
  })
})
