// Where alerts go, from the ALERT_ variables. What cannot be used costs the alerts and a line in the log, never the rolls: whoever
// ran the incumbent with a mistake in there lost only the alerts, too.
import type { AlertSink } from '../../report/alert-message.ts'
import { urlProblem } from './flag-values.ts'
import { ValueError } from './option-error.ts'
import type { OptionReader } from './option-reader.ts'
import { parseOnOff, VARIABLES } from './variable-table.ts'

/** Where alerts go, and in which form. The URLs may hold secrets. */
export interface AlertOptions {
  readonly sink: AlertSink
  /** http or https. */
  readonly url: string
  /** http, https or socks5. */
  readonly proxyUrl?: string
  /** Put before the text of each alert. */
  readonly additionalInfo?: string
}

/** What the variables ask for. */
export interface AskedAlerts {
  /** Undefined: no alerts. */
  readonly alerts?: AlertOptions
  /** Why there are none although they were asked for. */
  readonly warnings: readonly string[]
}

const PROXY_SCHEMES = ['http', 'https', 'socks5', 'socks5h']

/** Reads the variables; names no value of theirs. */
export function toAlerts({ variable }: OptionReader): AskedAlerts {
  const asked = isAsked(variable(VARIABLES.alertOnReload))
  if (asked === false) return { warnings: [] }
  if (asked === undefined) return none('it is neither true nor false')
  const url = variable(VARIABLES.alertWebhookUrl)
  const proxyUrl = withScheme(variable(VARIABLES.alertWebhookProxy))
  const additionalInfo = variable(VARIABLES.alertAdditionalInfo)
  if (url === undefined) return none(`${VARIABLES.alertWebhookUrl.name} is not set`)
  const problem = urlProblem(url, ['http', 'https'])
  if (problem !== undefined) return none(`${VARIABLES.alertWebhookUrl.name} ${problem}`)
  const proxyProblem = proxyUrl && urlProblem(proxyUrl, PROXY_SCHEMES)
  if (proxyProblem) return none(`${VARIABLES.alertWebhookProxy.name} ${proxyProblem}`)
  return {
    alerts: {
      sink: sinkOf(variable(VARIABLES.alertSink)),
      url,
      ...(proxyUrl !== undefined && { proxyUrl }),
      ...(additionalInfo !== undefined && { additionalInfo }),
    },
    warnings: [],
  }
}

/** Undefined for a word that is neither true nor false. */
function isAsked(word: string | undefined): boolean | undefined {
  try {
    return parseOnOff(word)
  } catch (error) {
    if (error instanceof ValueError) return undefined
    throw error
  }
}

function none(reason: string): AskedAlerts {
  return { warnings: [`${VARIABLES.alertOnReload.name} is set, but no alert is sent: ${reason}`] }
}

function sinkOf(word = ''): AlertSink {
  const lower = word.toLowerCase()
  return lower === 'slack' || lower === 'teams' || lower === 'gchat' ? lower : 'raw'
}

function withScheme(proxy: string | undefined): string | undefined {
  return proxy === undefined || proxy.includes('://') ? proxy : `http://${proxy}`
}
