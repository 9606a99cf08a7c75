// The table of environment variables, beside the one of flags. docs/flags.md is held against it.
import { parseBool } from './flag.ts'
import { ValueError } from './option-error.ts'
import { namespaceProblem, subdomainProblem } from './qualified-name.ts'

/** One row of the table of variables. */
export interface Variable<T> {
  readonly name: string
  /** One sentence without a full stop. */
  readonly help: string
  readonly source: 'incumbent' | 'ours' | 'convention'
  /** As with flags; `ignored`: it means something to others, and nothing here. */
  readonly since: '0.1' | 'later' | 'ignored'
  readonly instead?: string
  /** True: the value may be a secret and is shown nowhere. */
  readonly secret?: boolean
  /**
   * The value; `undefined` or '' when the variable is not set.
   *
   * @throws {ValueError} why the text cannot be used
   */
  readonly parse: (text: string | undefined) => T
}

type VariableRow = Omit<Variable<unknown>, 'parse'>
type Check = (text: string) => string | undefined

const incumbent = { source: 'incumbent', since: '0.1' } as const
const convention = { source: 'convention', since: '0.1' } as const
const proxy = { ...convention, secret: true } as const
const ignored = { source: 'convention', since: 'ignored' } as const

/** Rows by the name that the code asks for them with. */
export const VARIABLES = {
  namespace: text(
    {
      ...incumbent,
      name: 'KUBERNETES_NAMESPACE',
      help: 'Look at this one namespace, unless --namespaces says otherwise',
    },
    namespaceProblem,
  ),
  reloaderNamespace: text(
    { ...incumbent, name: 'RELOADER_NAMESPACE', help: 'Namespace of the record store' },
    namespaceProblem,
  ),
  deploymentName: text(
    {
      ...incumbent,
      name: 'RELOADER_DEPLOYMENT_NAME',
      help: 'Start of the names of the record store; reloader without it',
    },
    subdomainProblem,
  ),
  podName: text(
    { ...incumbent, name: 'POD_NAME', help: 'Who this replica is in an election' },
    subdomainProblem,
  ),
  podNamespace: text(
    {
      ...incumbent,
      name: 'POD_NAMESPACE',
      help: 'Namespace of the record store where RELOADER_NAMESPACE is not set, and of the election',
    },
    namespaceProblem,
  ),
  metricsByNamespace: onOff({
    ...incumbent,
    name: 'METRICS_COUNT_BY_NAMESPACE',
    help: 'enabled: count rolls by namespace, too',
  }),
  alertOnReload: text({
    ...incumbent,
    name: 'ALERT_ON_RELOAD',
    help: 'true: send an alert for each roll',
  }),
  alertSink: text({
    ...incumbent,
    name: 'ALERT_SINK',
    help: 'slack, teams, gchat; anything else is raw text',
  }),
  alertWebhookUrl: text({ ...incumbent, secret: true, name: 'ALERT_WEBHOOK_URL', help: 'Where alerts go' }),
  alertWebhookProxy: text({
    ...incumbent,
    secret: true,
    name: 'ALERT_WEBHOOK_PROXY',
    help: 'Proxy on the way there: http, https or socks5',
  }),
  alertAdditionalInfo: text({
    ...incumbent,
    name: 'ALERT_ADDITIONAL_INFO',
    help: 'Put before the text of an alert',
  }),
  kubeconfig: text({
    ...convention,
    name: 'KUBECONFIG',
    help: 'The kubeconfig files, where --kubeconfig is not given',
  }),
  home: text({ ...convention, name: 'HOME', help: 'Where .kube/config is looked for' }),
  serviceHost: text({
    ...convention,
    name: 'KUBERNETES_SERVICE_HOST',
    help: 'The API server, set in every pod',
  }),
  servicePort: text({ ...convention, name: 'KUBERNETES_SERVICE_PORT', help: 'Its port, set in every pod' }),
  httpsProxy: text({
    ...proxy,
    name: 'HTTPS_PROXY',
    help: 'Proxy on the way to an https API server; also in lower case',
  }),
  httpProxy: text({
    ...proxy,
    name: 'HTTP_PROXY',
    help: 'Proxy on the way to an http API server; also in lower case',
  }),
  noProxy: text({ ...convention, name: 'NO_PROXY', help: 'Hosts that need no proxy; also in lower case' }),
  goMaxProcs: text({ ...ignored, name: 'GOMAXPROCS', help: "Set by the incumbent's chart for Go" }),
  goRequestDebug: text({
    ...ignored,
    name: 'GOREQUEST_DEBUG',
    help: "Debugging of the incumbent's HTTP library, which writes secrets to the log",
  }),
  goMemLimit: text({ ...ignored, name: 'GOMEMLIMIT', help: "Set by the incumbent's chart for Go" }),
} as const

function text(row: VariableRow, check: Check = () => undefined): Variable<string | undefined> {
  const parse = (given: string | undefined) => {
    const value = given?.trim()
    if (value === undefined || value === '') return undefined
    const problem = check(value)
    if (problem !== undefined) throw new ValueError(problem)
    return value
  }
  return { ...row, parse }
}

function onOff(row: VariableRow): Variable<boolean> {
  return { ...row, parse: parseOnOff }
}

/**
 * `enabled` and `disabled`, and whatever a bool flag takes, with space around it; nothing is off.
 *
 * @throws {ValueError} for any other word
 */
export function parseOnOff(text = ''): boolean {
  const value = text.trim().toLowerCase()
  if (value === 'enabled') return true
  return value !== 'disabled' && parseBool(value)
}
