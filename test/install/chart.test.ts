// What the chart makes, held against what is promised to people who come from the incumbent's chart.
import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CHART } from '../../scripts/render/chart.ts'
import { rendered } from './rendered.ts'
import { helmLocally, template } from './tools.ts'

const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as {
  readonly image: { readonly repository: string; readonly name: string }
}
const { version } = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as { readonly version: string }
const { repository, name: imageName } = values.image
const selector = { app: 'reloader-reloader', release: 'reloader' }

describe('names and labels', () => {
  test('objects are called as with the incumbent, so that an upgrade changes them instead of making others', async () => {
    const { objects } = await rendered()
    expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual([
      'ClusterRole/reloader-reloader-role',
      'ClusterRoleBinding/reloader-reloader-role-binding',
      'Deployment/reloader-reloader',
      'Role/reloader-reloader-metadata-role',
      'RoleBinding/reloader-reloader-metadata-role-binding',
      'Secret/reloader-reloader-digest-key',
      'ServiceAccount/reloader-reloader',
    ])
  })

  test('the selector, which can never be changed, is the incumbent’s', async () => {
    expect((await rendered()).deployment.spec.selector.matchLabels).toEqual(selector)
    const { deployment } = await rendered({ reloader: { matchLabels: { team: 'a' } } })
    expect(deployment.spec.selector.matchLabels).toEqual({ ...selector, team: 'a' })
    expect(deployment.spec.template.metadata.labels).toMatchObject({ ...selector, team: 'a' })
  })

  test('labels of one’s own are added and replace none of the selector', async () => {
    const labels = { app: 'other', release: 'other', provider: 'x' }
    const { deployment } = await rendered({ reloader: { deployment: { labels } } })
    expect(deployment.spec.template.metadata.labels).toMatchObject({ ...selector, provider: 'x' })
    expect(deployment.metadata.labels).toMatchObject({ ...selector, provider: 'x' })
  })

  test.each([
    [{ nameOverride: 'x' }, 'reloader-x'],
    [{ fullnameOverride: 'x' }, 'x'],
    [{ fullnameOverride: 'n'.repeat(70) }, 'n'.repeat(63)],
  ])('%j names the objects %s', async (values, name) => {
    expect((await rendered(values)).deployment.metadata.name).toBe(name)
  })

  test('the value namespace is where everything goes, whatever the namespace of the release', async () => {
    const { objects } = await rendered({ namespace: 'elsewhere', reloader: { watchGlobally: false } })
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['elsewhere']))
  })
})

describe('the image', () => {
  const digest = `sha256:${'0'.repeat(64)}`
  test.each([
    [{}, `${repository}:v${version}`],
    [{ image: { repository: 'r.example/reloader', tag: 'x' } }, 'r.example/reloader:x'],
    [{ image: { digest } }, `${repository}@${digest}`],
    [{ global: { imageRegistry: 'r.example' } }, `r.example/${imageName}:v${version}`],
    [{ global: { imageRegistry: 'r.example' }, image: { name: 'a/b', digest } }, `r.example/a/b@${digest}`],
  ])('%j is %s', async (values, image) => {
    expect((await rendered(values)).container.image).toBe(image)
  })

  test.each([
    { image: { repository: 'ghcr.io/stakater/reloader', tag: 'v1.4.21' } },
    { image: { repository: 'mirror.example/x/stakater/reloader' } },
    { global: { imageRegistry: 'r.example' }, image: { name: 'stakater/reloader' } },
  ])('%j is another program: refused', async (values) => {
    const { code, stderr } = await template(values)
    expect(code).toBe(1)
    expect(stderr).toContain('use --reset-then-reuse-values instead of --reuse-values')
  })

  test('pull secrets may be names or objects, and go to the pod and its ServiceAccount', async () => {
    const { deployment, find } = await rendered({ global: { imagePullSecrets: ['a', { name: 'b' }] } })
    const wanted = [{ name: 'a' }, { name: 'b' }]
    expect(deployment.spec.template.spec.imagePullSecrets).toEqual(wanted)
    expect(find('ServiceAccount').imagePullSecrets).toEqual(wanted)
  })
})

describe('the pod', () => {
  test('the kubelet asks the endpoints that are meant for it, with numbers that can be changed', async () => {
    const { container } = await rendered({
      reloader: { deployment: { livenessProbe: { periodSeconds: 3 } } },
    })
    expect(container.livenessProbe).toMatchObject({
      httpGet: { path: '/live', port: 'http' },
      periodSeconds: 3,
    })
    expect(container.livenessProbe).toMatchObject({ failureThreshold: 5, timeoutSeconds: 5 })
    expect(container.readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: 'http' } })
  })

  test('a single replica gives way before the next one comes, so that no two ever work', async () => {
    const rollingUpdate = { maxSurge: 0, maxUnavailable: 1 }
    expect((await rendered()).deployment.spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate })
    expect((await rendered({ reloader: { enableHA: true } })).deployment.spec.strategy).toBeUndefined()
  })

  test('resources of one’s own replace the default whole: a request above its limit would be refused', async () => {
    const resources = { requests: { memory: '512Mi' } }
    expect((await rendered({ reloader: { deployment: { resources } } })).container.resources).toEqual(
      resources,
    )
    expect((await rendered()).container.resources).toHaveProperty('limits.memory')
  })

  test('with several replicas they keep apart, unless told otherwise', async () => {
    const values = { enableHA: true, deployment: { replicas: 2 } }
    const { affinity } = (await rendered({ reloader: values })).deployment.spec.template.spec
    expect(JSON.stringify(affinity)).toContain('"topologyKey":"kubernetes.io/hostname"')
    const own = { nodeAffinity: {} }
    const deployment = { ...values.deployment, affinity: own }
    const told = await rendered({ reloader: { ...values, deployment } })
    expect(told.deployment.spec.template.spec.affinity).toEqual(own)
  })

  test('a topology spread without selector spreads the pods of the release', async () => {
    const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }
    const { deployment } = await rendered({
      reloader: { deployment: { topologySpreadConstraints: [spread] } },
    })
    const expected = { ...spread, labelSelector: { matchLabels: selector } }
    expect(deployment.spec.template.spec.topologySpreadConstraints).toEqual([expected])
  })

  test('OpenShift chooses the user, unless one was chosen', async () => {
    const userOf = async (values: object) =>
      (await rendered({ reloader: values })).deployment.spec.template.spec.securityContext.runAsUser
    expect(await userOf({})).toBe(65534)
    expect(await userOf({ isOpenshift: true })).toBeUndefined()
    expect(await userOf({ isOpenshift: true, deployment: { securityContext: { runAsUser: 7 } } })).toBe(7)
  })

  test('readOnlyRootFileSystem adds a /tmp beside volumes of one’s own', async () => {
    const deployment = {
      volumes: [{ name: 'v', emptyDir: {} }],
      volumeMounts: [{ name: 'v', mountPath: '/v' }],
    }
    const { container, deployment: made } = await rendered({
      reloader: { readOnlyRootFileSystem: true, deployment },
    })
    expect(container.volumeMounts).toHaveLength(2)
    expect(made.spec.template.spec.volumes).toHaveLength(2)
  })
})

describe('beside the Deployment', () => {
  const apis = ['--api-versions=monitoring.coreos.com/v1', '--api-versions=autoscaling.k8s.io/v1']

  test('a Service selects the pods by what is fixed, and a ServiceMonitor brings one along', async () => {
    const { find } = await rendered({ reloader: { service: { port: 80 } } })
    expect(find('Service').spec).toMatchObject({ selector, ports: [{ port: 80, targetPort: 'http' }] })
    const monitored = await rendered({ reloader: { serviceMonitor: { enabled: true } } }, apis)
    expect(monitored.kinds).toContain('Service')
    expect(monitored.find('ServiceMonitor').spec).toMatchObject({ selector: { matchLabels: selector } })
  })

  test('monitors and autoscaler are left out, and this is said, where the cluster does not know them', async () => {
    const values = { serviceMonitor: { enabled: true }, verticalPodAutoscaler: { enabled: true } }
    const { kinds } = await rendered({ reloader: values })
    expect(kinds).not.toContain('ServiceMonitor')
    expect(kinds).not.toContain('VerticalPodAutoscaler')
    expect((await rendered({ reloader: values }, apis)).kinds).toContain('VerticalPodAutoscaler')
  })

  test('the NetworkPolicy lets names be resolved and the API server be reached on either usual port', async () => {
    const { find } = await rendered({ reloader: { netpol: { enabled: true } } })
    const ports = JSON.stringify((find('NetworkPolicy').spec as { egress: unknown }).egress)
    for (const port of [53, 443, 6443]) expect(ports).toContain(`"port":${port}`)
  })

  test.each([
    [{ enabled: true }, { maxUnavailable: 1 }],
    [{ enabled: true, minAvailable: 1 }, { minAvailable: 1 }],
    [{ enabled: true, minAvailable: 1, maxUnavailable: 2 }, { maxUnavailable: 2 }],
  ])('podDisruptionBudget %j is %j', async (podDisruptionBudget, expected) => {
    const { find } = await rendered({ reloader: { podDisruptionBudget } })
    expect(find('PodDisruptionBudget').spec).toEqual({ ...expected, selector: { matchLabels: selector } })
  })

  test('the Secret of the digest key is made empty and stays when the release goes', async () => {
    const secret = (await rendered()).find('Secret', 'reloader-reloader-digest-key')
    expect(secret.data).toBeUndefined()
    expect(secret.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' })
    const without = await rendered({ reloader: { digestKeySecret: { create: false } } })
    expect(without.kinds).not.toContain('Secret')
  })

  test('a ServiceAccount of one’s own is used instead', async () => {
    const { kinds, deployment, find } = await rendered({
      reloader: { serviceAccount: { create: false, name: 'mine' } },
    })
    expect(kinds).not.toContain('ServiceAccount')
    expect(deployment.spec.template.spec.serviceAccountName).toBe('mine')
    expect(find('ClusterRoleBinding').subjects).toEqual([
      { kind: 'ServiceAccount', name: 'mine', namespace: 'default' },
    ])
  })
})

describe('the schema', () => {
  test.each([
    { reloader: { deployment: { image: { name: 'stakater/reloader', tag: 'v1.0.0' } } } },
    { anything: { at: ['all'] }, reloader: { never: 1, deployment: { heardOf: {} }, rbac: { it: true } } },
    { reloader: { deployment: { env: { open: null, secret: null, field: null, existing: null } } } },
    { reloader: { serviceAccount: { name: null } } },
  ])('accepts %j', async (values) => {
    expect(await template(values)).toMatchObject({ code: 0 })
  })

  test.each([
    [{ reloader: { autoReloadAll: 'yes' } }, 'autoReloadAll'],
    [{ reloader: { reloadStrategy: 'both' } }, 'reloadStrategy'],
    [{ reloader: { deployment: { replicas: 'two' } } }, 'replicas'],
    [{ reloader: { settle: '5 minutes' } }, 'settle'],
    [{ reloader: { custom_annotations: { auto: true } } }, 'auto'],
    [{ reloader: { deployment: { extraArgs: '--dry-run' } } }, 'extraArgs'],
    [{ reloader: { service: { ipFamilyPolicy: 'Both' } } }, 'ipFamilyPolicy'],
    [
      { reloader: { service: { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4', 'IPv6'] } } },
      'ipFamilies',
    ],
    [{ image: { tag: 1.4 } }, 'tag'],
    [{ image: { digest: 'latest' } }, 'digest'],
    [{ global: { imagePullSecrets: [1] } }, 'imagePullSecrets'],
  ])('refuses %j and names %s', async (values, key) => {
    const { code, stderr } = await template(values)
    expect(code).toBe(1)
    expect(stderr).toContain(key)
  })

  test('every key of values.yaml has its place in it', async () => {
    const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as SchemaNode
    const missing: string[] = []
    const walk = (value: unknown, node: SchemaNode | undefined, path: string) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return
      for (const [key, each] of Object.entries(value)) {
        const child = node?.properties?.[key]
        if (node?.properties !== undefined && child === undefined) missing.push(`${path}.${key}`)
        else walk(each, child, `${path}.${key}`)
      }
    }
    walk(values, schema, '')
    expect(missing).toEqual([])
  })
})

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
}

describe('helm itself', () => {
  test('finds no fault in the chart', async () => {
    expect(await helmLocally(['lint', CHART, '--strict'])).toMatchObject({ code: 0 })
  })

  test('packages it under one number', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'reloader-chart-'))
    try {
      const { stdout } = await helmLocally(['package', CHART, `--destination=${directory}`])
      expect(stdout).toContain(join(directory, `reloader-${version}.tgz`))
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  test('finds a chart that somebody broke', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'reloader-chart-'))
    try {
      await cp(CHART, directory, { recursive: true })
      await writeFile(join(directory, 'templates', 'broken.yaml'), '{{ .Values.no.such.value }}')
      expect((await helmLocally(['lint', directory, '--strict'])).code).toBe(1)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})
