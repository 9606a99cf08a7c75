import { describe, expect, test } from 'vitest'
import { parseCommandLine } from './command-line.ts'

function optionsOf(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const line = parseCommandLine(['cleanup', ...argv], env)
  if (line.kind !== 'cleanup') throw new Error(`Cannot read the options: this is ${line.kind}`)
  return line.options
}

describe('the command', () => {
  test.each([
    [[], 'run'],
    [['--settle=1s'], 'run'],
    [['--help'], 'help'],
    [['--version'], 'version'],
    [['cleanup'], 'cleanup'],
    [['cleanup', '--help'], 'help'],
    [['cleanup', '-h', '--nonsense'], 'help'],
    [['cleanup', '--version'], 'version'],
  ])('%j is %s', (argv, kind) => {
    expect(parseCommandLine(argv, {}).kind).toBe(kind)
  })

  test('help is about the command that was named', () => {
    expect(parseCommandLine(['cleanup', '--help'], {})).toEqual({ kind: 'help', about: 'cleanup' })
  })

  test.each([
    [['clenup'], "Unknown command 'clenup': did you mean cleanup?"],
    [['install'], "Unknown command 'install': reloader --help lists all"],
    [
      ['--settle=1s', 'cleanup'],
      "Unknown argument 'cleanup': there are only flags; write --settle=1s=cleanup if it belongs to that flag",
    ],
    [['cleanup', 'now'], "Unknown argument 'now': there are only flags"],
    [['cleanup', '--stamp'], 'Unknown flag --stamp: did you mean --stamps?'],
    [['cleanup', '--everything'], 'Unknown flag --everything: reloader cleanup --help lists all flags'],
    [
      ['cleanup', '--yes=perhaps'],
      'Cannot use --yes=perhaps: it is neither true nor false; write true or false',
    ],
    [['cleanup', '--settle=soon'], /^Cannot use --settle=soon: /],
    [['cleanup', '--yes', '--dry-run'], 'Cannot use --yes: --dry-run is set, too; leave one of them out'],
    [['--yes'], 'Unknown flag --yes: reloader --help lists all flags'],
  ])('%j is refused in one line', (argv, message) => {
    expect(() => parseCommandLine(argv, {})).toThrow(message)
  })
})

describe('a cleanup', () => {
  test('changes nothing and looks everywhere, unless it is told otherwise', () => {
    expect(optionsOf([])).toMatchObject({
      records: { name: 'reloader' },
      scope: { ignoredNamespaces: [] },
      pausedAt: 'deployment.reloader.stakater.com/paused-at',
      stamps: false,
      yes: false,
      force: false,
    })
  })

  test('takes the arguments of the controller as they are, and heeds those that say where it worked', () => {
    const argv = [
      '--reload-strategy=annotations',
      '--enable-ha=true',
      '--namespaces=b,a',
      '--pause-deployment-time-annotation=example.com/paused',
      '--log-format=json',
    ]
    expect(optionsOf([...argv, '--stamps', '--yes'])).toMatchObject({
      scope: { namespaces: ['a', 'b'] },
      pausedAt: 'example.com/paused',
      stamps: true,
      yes: true,
    })
  })

  test('finds the installation by the variables of the controller', () => {
    const env = {
      RELOADER_NAMESPACE: 'home',
      RELOADER_DEPLOYMENT_NAME: 'rel-reloader',
      POD_NAMESPACE: 'pods',
    }
    expect(optionsOf([], env)).toMatchObject({
      records: { namespace: 'home', name: 'rel-reloader' },
      leaseNamespace: 'pods',
    })
    expect(optionsOf([], { KUBERNETES_NAMESPACE: 'only' }).scope.namespaces).toEqual(['only'])
  })
})
