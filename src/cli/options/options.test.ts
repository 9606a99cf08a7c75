import { describe, expect, test } from 'vitest'
import { OptionError } from './option-error.ts'
import { type Environment, type Options, parseCommand } from './options.ts'

function optionsOf(argv: readonly string[], env: Environment = {}): Options {
  const command = parseCommand(argv, env)
  if (command.kind !== 'run') throw new Error(`not a run: ${command.kind}`)
  return command.options
}

function refusalOf(argv: readonly string[], env: Environment = {}): string {
  try {
    optionsOf(argv, env)
  } catch (error) {
    if (error instanceof OptionError) return error.message
    throw error
  }
  return 'accepted'
}

describe('defaults', () => {
  test('no flag and no variable give the documented defaults', () => {
    const { cluster, annotationNames, published, ...rest } = optionsOf([])
    expect(rest).toEqual({
      policy: {
        strategy: 'env-vars',
        reloadOnCreate: false,
        reloadOnDelete: false,
        adopt: 'heal',
        cronJobStrategy: 'run-now',
        rerunFinishedJobs: false,
      },
      autoReloadAll: false,
      compat: [],
      keyLevel: true,
      imagePullSecrets: false,
      scope: {
        ignoredNamespaces: [],
        configTypes: ['ConfigMap', 'Secret'],
        workloadKinds: ['Deployment', 'StatefulSet', 'DaemonSet', 'DeploymentConfig', 'CronJob', 'Job'],
      },
      settle: { settleMs: 500, settleMaxMs: 5000, releaseMs: 5000, releaseMaxMs: 15_000 },
      records: { name: 'reloader' },
      listenAddress: { port: 9090 },
      log: { level: 'info', format: 'text' },
      metricsByNamespace: false,
      dryRun: false,
      once: false,
      workers: 32,
      notYet: [],
      warnings: [],
    })
    expect(cluster).toEqual({ env: {} })
    expect(annotationNames.auto).toBe('reloader.stakater.com/auto')
  })

  test('the options are frozen, whole', () => {
    const options = optionsOf(['--namespaces=a'])
    expect(Object.isFrozen(options)).toBe(true)
    expect(Object.isFrozen(options.scope.namespaces)).toBe(true)
    expect(Object.isFrozen(options.cluster.env)).toBe(true)
  })

  test('the environment of the caller is not frozen', () => {
    const env = { HOME: '/home/me' }
    optionsOf([], env)
    expect(Object.isFrozen(env)).toBe(false)
  })

  test('an empty value means the default', () => {
    const options = optionsOf([
      '--log-level=',
      '--log-format=',
      '--reload-strategy=',
      '--settle=',
      '--key-level=',
      '--auto-annotation=',
      '--resources-to-ignore=',
      '--reload-on-create=',
    ])
    expect(options).toEqual(optionsOf([]))
  })
})

describe('the arguments that the chart of the incumbent passes', () => {
  test('all of them together are understood', () => {
    const options = optionsOf(
      [
        '--log-format=json',
        '--log-level=debug',
        '--resources-to-ignore=secrets',
        '--ignored-workload-types=jobs,cronjobs',
        '--namespaces-to-ignore=kube-system,kube-public',
        '--namespace-selector="team:a,env:*"',
        '--resource-label-selector=reload:yes',
        '--configmap-annotation',
        'example.com/configmaps',
        '--reload-on-create=true',
        '--reload-on-delete=true',
        '--sync-after-restart=true',
        '--reload-strategy=annotations',
        '--auto-reload-all=true',
      ],
      { RELOADER_NAMESPACE: 'tools', RELOADER_DEPLOYMENT_NAME: 'my-reloader', GOMEMLIMIT: '512' },
    )
    expect(options.policy).toEqual({
      strategy: 'annotations',
      reloadOnCreate: true,
      reloadOnDelete: true,
      adopt: 'heal',
      cronJobStrategy: 'run-now',
      rerunFinishedJobs: false,
    })
    expect(options.scope).toEqual({
      ignoredNamespaces: ['kube-public', 'kube-system'],
      namespaceSelector: 'team=a,env',
      configSelector: 'reload=yes',
      configTypes: ['ConfigMap'],
      workloadKinds: ['Deployment', 'StatefulSet', 'DaemonSet', 'DeploymentConfig'],
    })
    expect(options.annotationNames.configMapReload).toBe('example.com/configmaps')
    expect(options.records).toEqual({ name: 'my-reloader', namespace: 'tools' })
    expect(options.log).toEqual({ level: 'debug', format: 'json' })
    expect(options.notYet).toEqual([])
  })

  test('a spelling of true that the incumbent ignores does what it means', () => {
    const { policy, warnings } = optionsOf(['--reload-on-create=True', '--reload-on-delete', '1'])
    expect(policy.reloadOnCreate).toBe(true)
    expect(policy.reloadOnDelete).toBe(true)
    const said = "it is taken for true; Stakater's Reloader would take only exactly true"
    expect(warnings).toEqual([`--reload-on-create=True: ${said}`, `--reload-on-delete=1: ${said}`])
  })

  test('a spelling that the incumbent reads alike needs no word', () => {
    const argv = [
      '--reload-on-create=true',
      '--reload-on-delete=F',
      '--is-Argo-Rollouts=',
      '--enable-pprof=T',
    ]
    expect(optionsOf(argv).warnings).toEqual([])
  })

  test('a bool may be followed by the word that it stands for', () => {
    const { autoReloadAll, dryRun } = optionsOf(['--auto-reload-all', 'true', '--dry-run', 'True'])
    expect([autoReloadAll, dryRun]).toEqual([true, true])
  })
})

describe('scope', () => {
  test('--namespaces wins over KUBERNETES_NAMESPACE', () => {
    const { scope } = optionsOf(['--namespaces=b,a', '--namespaces', 'a'], { KUBERNETES_NAMESPACE: 'c' })
    expect(scope.namespaces).toEqual(['a', 'b'])
  })

  test('KUBERNETES_NAMESPACE alone names one namespace', () => {
    expect(optionsOf([], { KUBERNETES_NAMESPACE: 'c' }).scope.namespaces).toEqual(['c'])
  })

  test('a namespace that is named and ignored is ignored', () => {
    expect(optionsOf(['--namespaces=a,b', '--namespaces-to-ignore=b']).scope.namespaces).toEqual(['a'])
  })

  test('to ignore every named namespace is impossible', () => {
    expect(refusalOf(['--namespaces-to-ignore=c'], { KUBERNETES_NAMESPACE: 'c' })).toBe(
      'Cannot use --namespaces-to-ignore: it leaves none of the namespaces to look at (c)',
    )
  })

  test('a namespace selector beside named namespaces is left out, and a line says so', () => {
    const { scope, warnings } = optionsOf(['--namespaces=a', '--namespace-selector=team=x'])
    expect(scope.namespaceSelector).toBeUndefined()
    expect(warnings).toEqual(['--namespace-selector has no effect: these namespaces were named: a'])
  })

  test('the record store falls back to POD_NAMESPACE', () => {
    expect(optionsOf([], { POD_NAMESPACE: 'p' }).records).toEqual({ name: 'reloader', namespace: 'p' })
    expect(optionsOf([], { POD_NAMESPACE: 'p', RELOADER_NAMESPACE: 'r' }).records.namespace).toBe('r')
  })
})

const POD = { POD_NAME: 'reloader-7d4b9-x', POD_NAMESPACE: 'home' }

describe('election', () => {
  test('there is none without --enable-ha, whatever else is set', () => {
    expect(optionsOf(['--leader-elect-retry-period=0s'], POD).election).toBeUndefined()
  })

  test("has the incumbent's durations unless others are given", () => {
    const where = { identity: 'reloader-7d4b9-x', namespace: 'home' }
    expect(optionsOf(['--enable-ha'], POD).election).toEqual({
      ...where,
      timing: { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 },
    })
    const given = ['lease-duration=3s', 'renew-deadline=2s', 'retry-period=500ms']
    const argv = ['--enable-ha', ...given.map((each) => `--leader-elect-${each}`)]
    expect(optionsOf(argv, POD).election).toEqual({
      ...where,
      timing: { leaseDurationMs: 3_000, renewDeadlineMs: 2_000, retryPeriodMs: 500 },
    })
  })
})

describe('Argo Rollouts', () => {
  test.each([['--is-Argo-Rollouts=true'], ['--is-Argo-Rollouts=True'], ['--is-argo-rollouts=1']])(
    'are rolled with %s',
    (argument) => {
      expect(optionsOf([argument]).scope.workloadKinds).toContain('Rollout')
    },
  )

  test.each([
    [[]],
    [['--is-Argo-Rollouts=false']],
    [['--is-Argo-Rollouts=true', '--is-argo-rollouts=false']],
  ])('are left alone with %j', (argv) => {
    expect(optionsOf(argv).scope.workloadKinds).not.toContain('Rollout')
  })
})

describe('SecretProviderClasses', () => {
  test('are looked at with --enable-csi-integration, whatever else is ignored', () => {
    expect(optionsOf([]).scope.configTypes).toEqual(['ConfigMap', 'Secret'])
    const argv = ['--enable-csi-integration', '--resources-to-ignore=secrets']
    expect(optionsOf(argv).scope.configTypes).toEqual(['ConfigMap', 'SecretProviderClass'])
  })
})

describe('what this build does not do yet', () => {
  test('each thing asked for has its line', () => {
    const { notYet } = optionsOf(['--enable-pprof'])
    expect(notYet.map((line) => line.slice(0, line.indexOf(',')))).toEqual(['--enable-pprof is set'])
  })

  test('what is set to its default is not mentioned', () => {
    const argv = ['--enable-ha=false', '--is-Argo-Rollouts=false', '--pprof-addr=:6060']
    expect(optionsOf(argv).notYet).toEqual([])
  })
})

describe('refusals: one line that names the flag, the reason and the mend', () => {
  const rows: readonly (readonly [argv: readonly string[], env: Environment, line: string])[] = [
    [['--setle=1s'], {}, 'Unknown flag --setle: did you mean --settle?'],
    [['--is-argo-rollout=true'], {}, 'Unknown flag --is-argo-rollout: did you mean --is-Argo-Rollouts?'],
    [['--once'], {}, 'Cannot use --once: it is for --dry-run; add that, or leave it out'],
    [['--frobnicate'], {}, 'Unknown flag --frobnicate: reloader --help lists all flags'],
    [['-x'], {}, 'Unknown argument -x: flags begin with two dashes'],
    [['run'], {}, "Unknown argument 'run': there are only flags"],
    [
      ['--enable-ha', 'false'],
      {},
      "Unknown argument 'false': there are only flags; write --enable-ha=false if it belongs to that flag",
    ],
    [
      ['--reload-on-create'],
      {},
      'Cannot use --reload-on-create: its value is missing; write --reload-on-create=true',
    ],
    [
      ['--log-level', '--dry-run'],
      {},
      'Cannot use --log-level: its value is missing; write --log-level=<trace|debug|info|warning|error|fatal|panic>',
    ],
    [['--settle=5'], {}, 'Cannot use --settle=5: a unit is missing, write it like 500ms, 10s, 5m or 1h30m'],
    [['--settle=-1s'], {}, 'Cannot use --settle=-1s: it is negative'],
    [
      ['--settle=10s'],
      {},
      'Cannot use --settle: it is longer than --settle-max; make one shorter or the other longer',
    ],
    [
      ['--settle-release=20s'],
      {},
      'Cannot use --settle-release: it is longer than --settle-release-max; make one shorter or the other longer',
    ],
    [
      ['--reload-strategy=default'],
      {},
      'Cannot use --reload-strategy=default: it is not one of env-vars, annotations',
    ],
    [['--log-format=xml'], {}, 'Cannot use --log-format=xml: it is not one of text, json'],
    [
      ['--enable-ha=maybe'],
      {},
      'Cannot use --enable-ha=maybe: it is neither true nor false; write true or false',
    ],
    [
      ['--enable-ha'],
      {},
      'Cannot use --enable-ha: POD_NAME is not set; set it with the downward API (fieldRef)',
    ],
    [
      ['--enable-ha'],
      { POD_NAME: 'a' },
      'Cannot use --enable-ha: POD_NAMESPACE is not set; set it with the downward API (fieldRef)',
    ],
    [
      ['--enable-ha', '--leader-elect-lease-duration=1500ms'],
      POD,
      'Cannot use --leader-elect-lease-duration: it is not whole seconds between 1s and 1h; write it like 15s',
    ],
    [
      ['--enable-ha', '--leader-elect-lease-duration=10s'],
      POD,
      'Cannot use --leader-elect-lease-duration: it is not longer than --leader-elect-renew-deadline; make one longer or the other shorter',
    ],
    [
      ['--enable-ha', '--leader-elect-renew-deadline=2s'],
      POD,
      'Cannot use --leader-elect-renew-deadline: it is not longer than 1.2 times --leader-elect-retry-period; make one longer or the other shorter',
    ],
    [
      ['--enable-ha', '--leader-elect-retry-period=0s'],
      POD,
      'Cannot use --leader-elect-retry-period: it is zero; write it like 2s',
    ],
    [
      ['--resources-to-ignore=pods'],
      {},
      'Cannot use --resources-to-ignore=pods: it is not one of configmaps, secrets',
    ],
    [
      ['--resources-to-ignore=configMaps,secrets'],
      {},
      'Cannot use --resources-to-ignore=configMaps,secrets: it leaves nothing to look at; name configmaps or secrets, not both',
    ],
    [
      ['--ignored-workload-types=pods'],
      {},
      'Cannot use --ignored-workload-types=pods: it is not one of jobs, cronjobs',
    ],
    [
      ['--namespaces=Prod'],
      {},
      "Cannot use --namespaces=Prod: 'Prod' is not a name that a namespace can have",
    ],
    [
      ['--namespaces-to-ignore=kube-*'],
      {},
      "Cannot use --namespaces-to-ignore=kube-*: 'kube-*' is not a name that a namespace can have",
    ],
    [
      ['--namespaces=a"b'],
      {},
      'Cannot use --namespaces=a"b: a double quote stands inside a value; quote the whole value or none of it',
    ],
    [
      ['--namespace-selector=team in'],
      {},
      "Cannot use --namespace-selector=team in: 'team in' is not a label selector; write key, key=value or key in (a,b)",
    ],
    [
      ['--auto-annotation=not a key'],
      {},
      "Cannot use --auto-annotation=not a key: 'not a key' is not a name of letters, digits and inner - _ .",
    ],
    [
      ['--listen-address=9090'],
      {},
      'Cannot use --listen-address=9090: it is not an address; write :PORT or HOST:PORT',
    ],
    [['--workers=0'], {}, 'Cannot use --workers=0: it is not a whole number from 1 to 1000'],
    [
      [],
      { KUBERNETES_NAMESPACE: 'A_B' },
      "Cannot use KUBERNETES_NAMESPACE=A_B: 'A_B' is not a name that a namespace can have",
    ],
    [
      [],
      { RELOADER_DEPLOYMENT_NAME: 'no/name' },
      "Cannot use RELOADER_DEPLOYMENT_NAME=no/name: 'no/name' is not a name that an object can have",
    ],
    [
      [],
      { METRICS_COUNT_BY_NAMESPACE: 'please' },
      'Cannot use METRICS_COUNT_BY_NAMESPACE=please: it is neither true nor false; write true or false',
    ],
  ]
  test.each(rows)('%j with %j', (argv, env, line) => {
    expect(refusalOf(argv, env)).toBe(line)
  })

  test('a long value is cut and a line break does not break the line', () => {
    const line = refusalOf([`--workers=${'9'.repeat(500)}\n1`])
    expect(line.length).toBeLessThan(200)
    expect(line).not.toContain('\n')
  })
})

describe('help and version', () => {
  test('they win over everything else on the command line', () => {
    expect(parseCommand(['--frobnicate', '-h'], {})).toEqual({ kind: 'help' })
    expect(parseCommand(['--settle=x', '--help'], {})).toEqual({ kind: 'help' })
    expect(parseCommand(['--version', 'x'], {})).toEqual({ kind: 'version' })
  })
})
