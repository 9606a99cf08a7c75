import { expect, test } from 'vitest'
import { OptionError } from './option-error.ts'
import { type Environment, type Options, parseCommand } from './options.ts'

function optionsOf(env: Environment, argv: readonly string[] = []): Options {
  const command = parseCommand(argv, env)
  if (command.kind !== 'run') throw new Error(`not a run: ${command.kind}`)
  return command.options
}

const URL_WITH_SECRET = 'https://hooks.slack.com/services/T0/B0/secret'
const ON = { ALERT_ON_RELOAD: 'true', ALERT_WEBHOOK_URL: URL_WITH_SECRET }

test('alerts are off unless they are asked for', () => {
  for (const ALERT_ON_RELOAD of [undefined, '', 'false']) {
    const { alerts, warnings } = optionsOf({ ...ON, ALERT_ON_RELOAD, ALERT_WEBHOOK_PROXY: '::' })
    expect(alerts).toBeUndefined()
    expect(warnings).toEqual([])
  }
})

test.each([
  ['slack', 'slack'],
  [' Teams ', 'teams'],
  ['GCHAT', 'gchat'],
  ['webhook', 'raw'],
  ['', 'raw'],
  [undefined, 'raw'],
])('ALERT_SINK=%s is %s', (ALERT_SINK, sink) => {
  expect(optionsOf({ ...ON, ALERT_SINK }).alerts).toEqual({ sink, url: URL_WITH_SECRET })
})

test('URL, proxy and additional info are trimmed; a proxy without a scheme is an http proxy', () => {
  const { alerts, warnings } = optionsOf({
    ALERT_ON_RELOAD: ' true ',
    ALERT_WEBHOOK_URL: ` ${URL_WITH_SECRET}\n`,
    ALERT_WEBHOOK_PROXY: ' proxy.test:3128 ',
    ALERT_ADDITIONAL_INFO: ' cluster-1 ',
  })
  expect(alerts).toEqual({
    sink: 'raw',
    url: URL_WITH_SECRET,
    proxyUrl: 'http://proxy.test:3128',
    additionalInfo: 'cluster-1',
  })
  expect(warnings).toEqual([])
})

test.each([
  [{ ALERT_ON_RELOAD: 'yes' }, 'it is neither true nor false'],
  [{ ALERT_WEBHOOK_URL: undefined }, 'ALERT_WEBHOOK_URL is not set'],
  [{ ALERT_WEBHOOK_URL: ' ' }, 'ALERT_WEBHOOK_URL is not set'],
  [{ ALERT_WEBHOOK_URL: 'hooks.test/secret' }, 'ALERT_WEBHOOK_URL is no http or https URL'],
  [{ ALERT_WEBHOOK_URL: 'ftp://hooks.test/secret' }, 'ALERT_WEBHOOK_URL is no http or https URL'],
  [
    { ALERT_WEBHOOK_URL: 'https://me:a%secret@hooks.test/' },
    'ALERT_WEBHOOK_URL has a % in user or password that is not written %25',
  ],
  [
    { ALERT_WEBHOOK_PROXY: 'ftp://me:secret@proxy' },
    'ALERT_WEBHOOK_PROXY is no http, https, socks5 or socks5h URL',
  ],
])('what cannot be used costs the alerts and one line without the value, not the start', (env, problem) => {
  const { alerts, warnings } = optionsOf({ ...ON, ...env })
  expect(alerts).toBeUndefined()
  expect(warnings).toEqual([`ALERT_ON_RELOAD is set, but no alert is sent: ${problem}`])
})

test('--webhook-url is webhook mode', () => {
  expect(optionsOf({}).webhookUrl).toBeUndefined()
  expect(optionsOf({}, ['--webhook-url=']).webhookUrl).toBeUndefined()
  const { webhookUrl, dryRun } = optionsOf({}, ['--webhook-url', 'http://hooks.test/?token=secret'])
  expect(webhookUrl).toBe('http://hooks.test/?token=secret')
  expect(dryRun).toBe(false)
})

test.each(['hooks.test/secret', 'ftp://secret', 'http://'])(
  '--webhook-url=%s is refused without showing it',
  (url) => {
    const refusal = () => optionsOf({}, [`--webhook-url=${url}`])
    expect(refusal).toThrow(OptionError)
    expect(refusal).toThrow(
      /^Cannot use --webhook-url: it is no http or https URL; write it like https:\/\/host\/path$/,
    )
  },
)
