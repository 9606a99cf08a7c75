// What the values come to on the command line and in the environment of the program.
import { describe, expect, test } from 'vitest'
import { FLAGS } from '../../src/cli/options/flag-table.ts'
import { parseCommand } from '../../src/cli/options/options.ts'
import { rendered } from './rendered.ts'
import { template } from './tools.ts'

/** Values below `reloader`, and the one flag that they add to what is always there. */
const FLAG_OF_VALUES: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
  [{ autoReloadAll: true }, '--auto-reload-all=true'],
  [{ isArgoRollouts: true }, '--is-Argo-Rollouts=true'],
  [{ ignoreSecrets: true }, '--resources-to-ignore=secrets'],
  [{ ignoreConfigMaps: true }, '--resources-to-ignore=configmaps'],
  [{ ignoreJobs: true }, '--ignored-workload-types=jobs'],
  [{ ignoreCronJobs: true }, '--ignored-workload-types=cronjobs'],
  [{ ignoreJobs: true, ignoreCronJobs: true }, '--ignored-workload-types=jobs,cronjobs'],
  [{ reloadOnCreate: true }, '--reload-on-create=true'],
  [{ reloadOnDelete: true }, '--reload-on-delete=true'],
  [{ syncAfterRestart: true }, '--sync-after-restart=true'],
  [{ reloadStrategy: 'annotations' }, '--reload-strategy=annotations'],
  [{ reloadStrategy: 'env-vars' }, '--reload-strategy=env-vars'],
  [{ ignoreNamespaces: 'a,b' }, '--namespaces-to-ignore=a,b'],
  [{ ignoreNamespaces: ['a', 'b'] }, '--namespaces-to-ignore=a,b'],
  [{ namespaceSelector: 'team:a,env:*' }, '--namespace-selector=team:a,env:*'],
  [{ resourceLabelSelector: 'reload in (yes,true)' }, '--resource-label-selector=reload in (yes,true)'],
  [{ logFormat: 'json' }, '--log-format=json'],
  [{ namespaces: ['b', 'a', 'b'], watchGlobally: false }, '--namespaces=a,b,default'],
  [{ namespaces: ' b , a', watchGlobally: false }, '--namespaces=a,b,default'],
  [{ enableHA: true }, '--enable-ha=true'],
  [{ enableCSIIntegration: true }, '--enable-csi-integration=true'],
  [{ webhookUrl: 'https://hooks.example/x?y=1' }, '--webhook-url=https://hooks.example/x?y=1'],
  [{ custom_annotations: { configmap: 'a/b' } }, '--configmap-annotation=a/b'],
  [{ custom_annotations: { secret: 'a/b' } }, '--secret-annotation=a/b'],
  [{ custom_annotations: { auto: 'a/b' } }, '--auto-annotation=a/b'],
  [{ custom_annotations: { secret_auto: 'a/b' } }, '--secret-auto-annotation=a/b'],
  [{ custom_annotations: { configmap_auto: 'a/b' } }, '--configmap-auto-annotation=a/b'],
  [{ custom_annotations: { search: 'a/b' } }, '--auto-search-annotation=a/b'],
  [{ custom_annotations: { match: 'a/b' } }, '--search-match-annotation=a/b'],
  [{ custom_annotations: { ignore: 'a/b' } }, '--ignore-annotation=a/b'],
  [{ custom_annotations: { pausePeriod: 'a/b' } }, '--pause-deployment-annotation=a/b'],
  [{ custom_annotations: { pauseTime: 'a/b' } }, '--pause-deployment-time-annotation=a/b'],
  [{ keyLevel: false }, '--key-level=false'],
  [{ imagePullSecrets: true }, '--image-pull-secrets=true'],
  [{ adopt: 'record' }, '--adopt=record'],
  [{ cronJobStrategy: 'next-run' }, '--cronjob-strategy=next-run'],
  [{ rerunFinishedJobs: true }, '--rerun-finished-jobs=true'],
  [{ compat: ['wave', 'fabric8'] }, '--compat=wave,fabric8'],
  [{ compat: 'wave' }, '--compat=wave'],
  [{ settle: '1s' }, '--settle=1s'],
  [{ settleMax: '10s' }, '--settle-max=10s'],
  [{ settleRelease: '0' }, '--settle-release=0'],
  [{ settleReleaseMax: '1m' }, '--settle-release-max=1m'],
  [{ workers: 8 }, '--workers=8'],
  [{ dryRun: true }, '--dry-run=true'],
  [{ leaderElection: { leaseDuration: '30s' } }, '--leader-elect-lease-duration=30s'],
  [{ leaderElection: { renewDeadline: '9s' } }, '--leader-elect-renew-deadline=9s'],
  [{ leaderElection: { retryPeriod: '1s' } }, '--leader-elect-retry-period=1s'],
  [{ deployment: { extraArgs: ['--log-level=debug'] } }, '--log-level=debug'],
]

/** What the chart says by other means, or what has no place in a cluster. */
const NOT_BY_VALUE = [
  'kubeconfig',
  'context',
  'listen-address',
  'enable-pprof',
  'pprof-addr',
  'log-level',
  'once',
]

describe('values become flags', () => {
  test.each(FLAG_OF_VALUES)('reloader: %j becomes %s, which the program accepts', async (values, flag) => {
    const { args, env } = (await rendered({ reloader: values })).container
    expect(args.filter((each) => each !== '--log-level=info')).toEqual([flag])
    const variables = Object.fromEntries(env.map(({ name, value = 'default' }) => [name, value]))
    expect(parseCommand(args, variables).kind).toBe('run')
  })

  test('every flag of the program has a value of the chart', () => {
    const covered = FLAG_OF_VALUES.map(([, flag]) => flag.replace(/^--([^=]+)=.*$/, '$1'))
    const names = Object.values(FLAGS).map(({ name }) => name)
    expect(names.filter((name) => !covered.includes(name) && !NOT_BY_VALUE.includes(name))).toEqual([])
  })

  test('without values only the log level is said', async () => {
    expect((await rendered()).container.args).toEqual(['--log-level=info'])
  })

  test('selectors and ignored namespaces count only where the whole cluster is looked at', async () => {
    const values = { watchGlobally: false, ignoreNamespaces: 'a', namespaceSelector: 'team=a' }
    expect((await rendered({ reloader: values })).container.args).toEqual(['--log-level=info'])
  })

  test('enablePProf is passed on with its address, although it means nothing', async () => {
    const { args } = (await rendered({ reloader: { enablePProf: true } })).container
    expect(args).toEqual(['--enable-pprof=true', '--pprof-addr=:6060', '--log-level=info'])
  })

  test('two replicas without enableHA are one, and no flag asks for an election', async () => {
    const { deployment, container } = await rendered({ reloader: { deployment: { replicas: 2 } } })
    expect(deployment.spec.replicas).toBe(1)
    expect(container.args).toEqual(['--log-level=info'])
  })
})

describe('values become variables', () => {
  const names = { name: 'RELOADER_DEPLOYMENT_NAME', value: 'reloader-reloader' }
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } })
  const secret = (name: string, from: string, key: string) => ({
    name,
    valueFrom: { secretKeyRef: { name: from, key } },
  })
  const always = [names, field('RELOADER_NAMESPACE', 'metadata.namespace')]

  test.each([
    [{}, []],
    [{ watchGlobally: false }, [field('KUBERNETES_NAMESPACE', 'metadata.namespace')]],
    [{ watchGlobally: false, namespaces: ['a'] }, []],
    [{ enableHA: true }, [field('POD_NAME', 'metadata.name'), field('POD_NAMESPACE', 'metadata.namespace')]],
    [{ enableMetricsByNamespace: true }, [{ name: 'METRICS_COUNT_BY_NAMESPACE', value: 'enabled' }]],
    [{ deployment: { env: { open: { A: 'b', EMPTY: '' } } } }, [{ name: 'A', value: 'b' }]],
    [
      { deployment: { env: { open: { ALERT_ON_RELOAD: true } } } },
      [{ name: 'ALERT_ON_RELOAD', value: 'true' }],
    ],
    [{ deployment: { env: { field: { NODE: 'spec.nodeName' } } } }, [field('NODE', 'spec.nodeName')]],
    [{ deployment: { env: { existing: { mine: { A: 'key' } } } } }, [secret('A', 'mine', 'key')]],
    [
      { deployment: { env: { secret: { ALERT_WEBHOOK_PROXY: 'p', EMPTY: '' } } } },
      [secret('ALERT_WEBHOOK_PROXY', 'reloader-reloader', 'ALERT_WEBHOOK_PROXY')],
    ],
  ])('reloader: %j', async (values, expected) => {
    const { env } = (await rendered({ reloader: values })).container
    const byName = (list: readonly { readonly name: string }[]) =>
      [...list].sort((a, b) => (a.name < b.name ? -1 : 1))
    expect(byName(env)).toEqual(byName([...always, ...expected]))
  })

  test('the Secret of env.secret holds every variable that the pod takes from it', async () => {
    const values = { deployment: { env: { secret: { ALERT_WEBHOOK_PROXY: 'http://p:1', ANY: 'x' } } } }
    const { find, deployment } = await rendered({ reloader: values })
    const encoded = (text: string) => Buffer.from(text).toString('base64')
    expect(find('Secret', 'reloader-reloader').data).toEqual({
      ALERT_WEBHOOK_PROXY: encoded('http://p:1'),
      ANY: encoded('x'),
    })
    const { annotations = {} } = deployment.spec.template.metadata
    expect(Object.keys(annotations)).toEqual(['checksum/environment'])
  })
})

describe('values that can not go together are one clear line', () => {
  test.each([
    [{ ignoreSecrets: true, ignoreConfigMaps: true }, 'nothing would be left to look at'],
    [
      { ignoreSecrets: true, ignoreConfigMaps: true, rbac: { enabled: false } },
      'nothing would be left to look at',
    ],
    [{ namespaces: ['a'] }, 'set reloader.watchGlobally to false, or name no namespaces'],
  ])('reloader: %j', async (values, reason) => {
    const { code, stderr } = await template({ reloader: values })
    expect(code).toBe(1)
    expect(stderr).toContain(reason)
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('Use --debug') && line !== ''),
    ).toHaveLength(1)
  })
})
