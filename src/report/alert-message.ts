// What an alert says, and how each sink wants to be told. The sentence and the bodies are the incumbent's (people filter by them);
// what we add follows after the sentence.
import { CONFIG_RESOURCES, type ConfigRef } from '../types/config.ts'
import type { WorkloadRef } from '../types/workload.ts'

/** The sinks by the words of ALERT_SINK; `raw`: plain text, for any other word. */
export const ALERT_SINKS = ['slack', 'teams', 'gchat', 'raw'] as const
/** One of those words. */
export type AlertSink = (typeof ALERT_SINKS)[number]

/** A roll, as far as an alert tells of it. */
export interface RollAlert {
  readonly workload: WorkloadRef
  /** Every config that the roll carried; the first one is the one that the incumbent's sentence names. */
  readonly configs: readonly [ConfigRef, ...ConfigRef[]]
}

const MAX_NAMES = 10

/** The sentence about a roll; `additionalInfo` (a cluster's name, a mention) comes before it. */
export function alertText({ workload, configs }: RollAlert, additionalInfo?: string): string {
  const [first, ...others] = configs
  const sentence =
    `Reloader detected changes in ${describe(first)} in namespace *${first.namespace}*. ` +
    `Hence reloaded *${workload.name}* of type *${workload.kind}* in namespace *${workload.namespace}*`
  const text = others.length === 0 ? sentence : `${sentence}. Also changed: ${list(others)}`
  return additionalInfo === undefined ? text : `${additionalInfo} : ${text}`
}

/** The text in the form that `sink` takes. */
export function alertBody(
  sink: AlertSink,
  text: string,
): { readonly contentType: string; readonly body: string } {
  switch (sink) {
    case 'slack':
      return json({ attachments: [{ author_name: 'Reloader', color: 'good', text }] })
    case 'teams':
    case 'gchat':
      return json({ text })
    case 'raw':
      return { contentType: 'text/plain', body: text.replaceAll('*', '') }
  }
}

/** The bytes of Go's encoder, which escapes what HTML would read (encoding/json, Marshal). */
function json(value: object) {
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  const body = JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, escaped)
  return { contentType: 'application/json', body }
}

function describe({ kind, name }: ConfigRef): string {
  return `*${name}* of type *${CONFIG_RESOURCES[kind].stampWord}*`
}

function list(configs: readonly ConfigRef[]): string {
  const shown = configs.slice(0, MAX_NAMES).map(describe).join(', ')
  return configs.length > MAX_NAMES ? `${shown} and ${configs.length - MAX_NAMES} more` : shown
}
