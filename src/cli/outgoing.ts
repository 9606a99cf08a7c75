// What goes out to others than the API server: alerts, and the calls of webhook mode. Both are counted and logged here.
import { openTunnel } from '../kube/tunnel.ts'
import { type AlertResult, type Alerts, createAlerts } from '../report/alert.ts'
import type { RollAlert } from '../report/alert-message.ts'
import { createPost } from '../report/post.ts'
import { createWebhook, type Webhook, type WebhookCall } from '../report/webhook.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { CONFIG_RESOURCES } from '../types/config.ts'
import { refKey } from '../types/object.ts'
import { problemText } from '../types/problem-text.ts'
import type { AlertOptions } from './options/alert-options.ts'
import type { Options } from './options/options.ts'

/** What the options ask for. */
export interface Outgoing {
  readonly alerts: Alerts | undefined
  /** Defined: webhook mode. */
  readonly webhook: Webhook | undefined
}

interface OutgoingParts {
  readonly options: Pick<Options, 'alerts' | 'webhookUrl'>
  readonly log: Log
  readonly metrics: Pick<Metrics, 'alerts' | 'webhookCalls'>
}

// An alert on an increase would not see the first one of a series that begins with it: all of them begin with 0.
const ALERT_RESULTS: readonly AlertResult[] = ['sent', 'refused', 'dropped']
const CALL_RESULTS = ['success', 'error'] as const

/** As many as Go's client follows. */
const MAX_REDIRECTS = 10

/** Everything at rest; nothing is contacted yet. In webhook mode nothing is rolled, so there is nothing to alert of. */
export function createOutgoing(parts: OutgoingParts): Outgoing {
  const { alerts, webhookUrl } = parts.options
  return {
    alerts: alerts === undefined || webhookUrl !== undefined ? undefined : alertsTo(alerts, parts),
    webhook: webhookUrl === undefined ? undefined : webhookAt(webhookUrl, parts),
  }
}

function alertsTo(
  { sink, proxyUrl, additionalInfo, ...options }: AlertOptions,
  parts: OutgoingParts,
): Alerts {
  const { log, metrics } = parts
  const url = new URL(options.url)
  const post = createPost(
    proxyUrl === undefined
      ? {}
      : {
          proxy: {
            url: new URL(proxyUrl),
            openTunnel: (target, tunnel) => openTunnel(proxyUrl, target, tunnel),
          },
        },
  )
  log.info('Alerts are sent', { sink, to: url.origin })
  for (const result of ALERT_RESULTS) metrics.alerts.inc({ sink, result }, 0)
  const onResult = (alert: RollAlert, result: AlertResult, error?: unknown) => {
    metrics.alerts.inc({ sink, result })
    if (result === 'sent') return
    const why = error === undefined ? 'too many are waiting' : problemText(error)
    log.error(`No alert of the roll of ${refKey(alert.workload)}: ${why}`, { sink, result })
  }
  return createAlerts({ sink, url, post, additionalInfo, onResult })
}

function webhookAt(webhookUrl: string, { log, metrics }: OutgoingParts): Webhook {
  const url = new URL(webhookUrl)
  log.info(`Webhook mode: changes are told to ${url.origin}, and nothing is rolled`)
  for (const result of CALL_RESULTS) metrics.webhookCalls.inc({ result }, 0)
  const onCall = (call: WebhookCall, { error }: { readonly error?: unknown }) => {
    const { config, reason, changedKeys } = call
    const { stampWord } = CONFIG_RESOURCES[config.kind]
    const changed = `Changes detected in '${config.name}' of type '${stampWord}' in namespace '${config.namespace}'`
    metrics.webhookCalls.inc({ result: error === undefined ? 'success' : 'error' })
    if (error === undefined) {
      const keys = changedKeys.length === 0 ? {} : { keys: changedKeys.join(',') }
      log.info(`${changed}; called the webhook at ${url.origin}`, { reason, ...keys })
    } else log.warn(`${changed}, but the webhook is called again later: ${problemText(error)}`, { reason })
  }
  return createWebhook({ url, post: createPost({ maxRedirects: MAX_REDIRECTS }), onCall })
}
