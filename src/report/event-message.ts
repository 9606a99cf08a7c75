// What a Kubernetes Event says. The incumbent's reason, component and text come first and unchanged (people search for
// them); what we add follows after a semicolon. Names of objects and keys only, never a value.
import { CONFIG_RESOURCES, type ConfigRef, type ConfigType } from '../types/config.ts'
import type { Reason } from '../types/plan.ts'
import type { InvalidAnnotation } from '../types/settings.ts'
import type { WorkloadRef } from '../types/workload.ts'

/** The reasons of our Events; the first two are the incumbent's. docs/monitoring.md explains each. */
export const EVENT_REASONS = ['Reloaded', 'ReloadFail', 'InvalidAnnotation', 'RollReverted'] as const
/** One of those words. */
export type EventReason = (typeof EVENT_REASONS)[number]

/** An Event without its time and its name: the same value twice is one Event that happened twice. */
export interface WorkloadEvent {
  readonly workload: WorkloadRef & { readonly uid: string; readonly resourceVersion?: string }
  readonly type: 'Normal' | 'Warning'
  readonly reason: EventReason
  /** Source of the Event. The incumbent has one for each watch: `reloader-configmaps`, `reloader-secrets`. */
  readonly component: string
  readonly message: string
}

type EventWorkload = WorkloadEvent['workload']

/** The API server refuses longer notes in events.k8s.io/v1, which shows the same objects. */
export const MAX_MESSAGE_LENGTH = 1024
const MAX_NAMES = 10

/** What a roll was for. */
export interface RollReport {
  readonly workload: EventWorkload
  /** Every config that the roll carried; the first one is the one that the incumbent's text names. */
  readonly configs: readonly [ConfigRef, ...ConfigRef[]]
  readonly reason: Reason
  /** Names of the keys that changed, where they are known. */
  readonly changedKeys?: readonly string[]
  /** The Job that a CronJob was rolled by. */
  readonly started?: string | undefined
}

/** One Event for one roll, however many configs it carried. */
export function reloadedEvent(report: RollReport): WorkloadEvent {
  const { workload, configs, reason, changedKeys = [], started } = report
  const [first, ...others] = configs
  const text =
    `Changes detected in '${first.name}' of type '${typeWord(first.kind)}' in namespace '${first.namespace}'` +
    `, Updated ${describe(workload)}`
  const more = [
    reason,
    ...(started === undefined ? [] : [`started Job '${started}'`]),
    ...(changedKeys.length > 0 ? [`changed keys: ${list(changedKeys)}`] : []),
    ...(others.length > 0 ? [`also: ${list(others.map(({ kind, name }) => `${kind} '${name}'`))}`] : []),
  ]
  return event({
    workload,
    type: 'Normal',
    reason: 'Reloaded',
    kind: first.kind,
    message: [text, ...more].join('; '),
  })
}

/** A roll that the API server refused; the next attempt comes by itself. `error` must not hold content. */
export function reloadFailEvent(failure: {
  readonly workload: EventWorkload
  readonly config: ConfigRef
  readonly error: string
}): WorkloadEvent {
  const { workload, config, error } = failure
  const message = `Update for ${describe(workload)} failed with error ${error}; it is tried again`
  return event({ workload, type: 'Warning', reason: 'ReloadFail', kind: config.kind, message })
}

/** A Deployment stays paused longer than a roll was to pause it, because the API server refuses to resume it. */
export function resumeFailEvent(workload: EventWorkload, error: string): WorkloadEvent {
  const message = `${describe(workload)} cannot be resumed after its pause: ${error}; it is tried again`
  return event({ workload, type: 'Warning', reason: 'ReloadFail', message })
}

/** An entry of an annotation that is ignored, while the rest of the annotation works. */
export function invalidAnnotationEvent(workload: EventWorkload, invalid: InvalidAnnotation): WorkloadEvent {
  const { annotation, entry, problem } = invalid
  const message = `Annotation '${annotation}' has an entry that is ignored: '${cut(entry, 256)}': ${problem}`
  return event({ workload, type: 'Warning', reason: 'InvalidAnnotation', message })
}

/** Somebody took our stamp out of the pod template, which rolled the pods once more. */
export function rollRevertedEvent(workload: EventWorkload, manager: string): WorkloadEvent {
  const message =
    `Field manager '${manager}' removed what the last roll wrote into the pod template; nothing is written again ` +
    'until the next change; annotation reloader.stakater.com/reload-strategy: annotations on this workload avoids it'
  return event({ workload, type: 'Warning', reason: 'RollReverted', message })
}

function event(parts: {
  readonly workload: EventWorkload
  readonly type: WorkloadEvent['type']
  readonly reason: EventReason
  readonly kind?: ConfigType
  readonly message: string
}): WorkloadEvent {
  const { workload, type, reason, kind, message } = parts
  const component = kind === undefined ? 'reloader' : `reloader-${CONFIG_RESOURCES[kind].plural}`
  return { workload, type, reason, component, message: cut(message, MAX_MESSAGE_LENGTH) }
}

function typeWord(kind: ConfigType): string {
  return CONFIG_RESOURCES[kind].stampWord
}

function describe({ kind, namespace, name }: WorkloadRef): string {
  return `'${name}' of type '${kind}' in namespace '${namespace}'`
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ')
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`
}
