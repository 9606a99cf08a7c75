// kubectl apply -f, kubectl apply -k, and what the API server says of every object: accepted, strictly, without a warning.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually } from '../scenarios/harness/eventually.ts'
import type { Namespace } from '../scenarios/harness/namespace.ts'
import { rollsAfterChange, useInstallWorld } from './install-world.ts'
import { KUBERNETES, withOverlay } from './overlay.ts'
import { done, kubectl, template } from './tools.ts'

const world = useInstallWorld()
const FILE = join(KUBERNETES, 'reloader.yaml')
const COMPONENTS = ['annotations-strategy', 'ha', 'single-namespace']

/** Everything that the chart can make of the kinds that every cluster knows. */
const EVERYTHING = {
  reloader: {
    enableHA: true,
    deployment: {
      replicas: 2,
      env: { secret: { ALERT_WEBHOOK_PROXY: 'http://proxy.example' } },
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
    },
    readOnlyRootFileSystem: true,
    service: { port: 9090, ipFamilyPolicy: 'PreferDualStack' },
    netpol: { enabled: true, from: [{ podSelector: {} }], to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
    podDisruptionBudget: { enabled: true },
    namespaceSelector: 'team=a',
    isArgoRollouts: true,
    isOpenshift: true,
    enableCSIIntegration: true,
  },
}

/** A namespace whose pods have to keep to the strictest of the standards, and that says so. */
function restricted(): Promise<Namespace> {
  const levels = ['enforce', 'warn'].map((each) => [`pod-security.kubernetes.io/${each}`, 'restricted'])
  return world.namespace(Object.fromEntries(levels))
}

describe('the API server accepts everything, strictly and without a warning', () => {
  const dryRun = ['apply', '--server-side', '--dry-run=server', '--validate=strict']

  test('reloader.yaml', async () => {
    expect(await kubectl([...dryRun, `--filename=${FILE}`])).toMatchObject({ code: 0, stderr: '' })
  })

  test.each([[[]], ...COMPONENTS.map((each) => [[each]]), [COMPONENTS]])(
    'Kustomize with components %j',
    async (components) => {
      const ns = await restricted()
      await withOverlay({ components, namespace: ns.name }, async (directory) => {
        expect(await kubectl([...dryRun, `--kustomize=${directory}`])).toMatchObject({ code: 0, stderr: '' })
      })
    },
  )

  test.each([
    ['the defaults', {}],
    ['everything', EVERYTHING],
    ['a list of namespaces', { reloader: { watchGlobally: false, namespaces: ['default'] } }],
  ])('the chart with %s', async (_what, values) => {
    const ns = await restricted()
    const { stdout } = await done(template({ ...values, namespace: ns.name }))
    const outcome = await kubectl([...dryRun, '--filename=-'], { input: stdout })
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('installed by kubectl, it works', () => {
  test('apply -f, into default, twice: the second time changes nothing', async () => {
    const records = ['delete', 'configmaps', '--namespace=default', '-l=reloader.stakater.com/records']
    world.afterwards(() => kubectl(records))
    world.afterwards(() => kubectl(['delete', '--ignore-not-found', `--filename=${FILE}`]))
    const ns = await world.namespace()
    const app = await world.app(ns)
    await done(kubectl(['apply', `--filename=${FILE}`]))
    const home = { ...ns, name: 'default' }
    const controller = await world.controller(home, [ns])
    expect(await rollsAfterChange(app, controller)).toBe(1)
    expect(controller.refused()).toEqual([])
    expect(await kubectl(['diff', `--filename=${FILE}`])).toMatchObject({ code: 0, stdout: '' })
  })

  test('apply -k with all components into a namespace of its own that is restricted', async () => {
    const [ns, other] = [await restricted(), await world.app(await world.namespace())]
    await withOverlay({ components: COMPONENTS, namespace: ns.name }, async (directory) => {
      await done(kubectl(['apply', `--kustomize=${directory}`]))
      expect(await kubectl(['diff', `--kustomize=${directory}`])).toMatchObject({ code: 0, stdout: '' })
    })
    await eventually(async () => (await runningPodsIn(ns)) === 2, {
      what: 'two pods that keep to the standard',
    })
    const app = await world.app(ns)
    const controller = await world.controller(ns, [ns])
    await other.config.set({ a: '2' })
    expect(await rollsAfterChange(app, controller)).toBe(1)
    expect((await app.web.stamps()).annotation).toBeDefined()
    expect([other.web.rolls, controller.refused()]).toEqual([0, []])
  })
})

async function runningPodsIn(ns: Namespace): Promise<number> {
  const pods = await ns.list('Pod')
  return pods.filter(({ status }) => (status as { phase?: string } | undefined)?.phase === 'Running').length
}
