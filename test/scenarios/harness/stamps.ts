// What rolls leave in a pod template, read as the documentation describes it, and what the incumbent would have left.
import { createHash } from 'node:crypto'
import type { ConfigName } from './fixtures.ts'
import { canonical, type PodTemplate } from './json.ts'

export const LAST_RELOADED_FROM = 'reloader.stakater.com/last-reloaded-from'

/** A stamp variable with the container that carries it. */
export interface StampVariable {
  readonly container: string
  readonly name: string
  readonly value: string
}

export interface Stamps {
  readonly variables: readonly StampVariable[]
  readonly annotation: string | undefined
}

/** Every stamp in a pod template, sorted. */
export function stampsOf(template: PodTemplate): Stamps {
  const containers = [...template.spec.containers, ...(template.spec.initContainers ?? [])]
  const variables = containers.flatMap(({ name: container, env = [] }) =>
    env.flatMap(({ name, value = '' }) => (name.startsWith('STAKATER_') ? [{ container, name, value }] : [])),
  )
  return { variables, annotation: template.metadata?.annotations?.[LAST_RELOADED_FROM] }
}

/** A text that is equal for two templates that differ in their stamps only. */
export function templateWithoutStamps(template: PodTemplate): string {
  const clean = (containers: PodTemplate['spec']['containers'] = []) =>
    containers.map((each) => ({
      ...each,
      env: (each.env ?? []).filter(({ name }) => !name.startsWith('STAKATER_')),
    }))
  const { [LAST_RELOADED_FROM]: _, ...annotations } = template.metadata?.annotations ?? {}
  const { containers, initContainers, ...spec } = template.spec
  return canonical({
    labels: template.metadata?.labels,
    annotations,
    spec,
    containers: clean(containers),
    initContainers: clean(initContainers),
  })
}

/** The incumbent's variable for a config (spec 4.3). */
export function stampVariableName({ kind, name }: ConfigName): string {
  const sanitised = name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+/, '')
  return `STAKATER_${sanitised}_${kind.toUpperCase()}`
}

/** The incumbent's SHA-1 of plain-text data (spec 4.1). */
export function incumbentHash(data: Record<string, string>): string {
  const entries = Object.entries(data).map(([key, value]) => `${key}=${value}`)
  return createHash('sha1').update(entries.sort().join(';')).digest('hex')
}

/** The incumbent's `last-reloaded-from` (spec 4.4). */
export function incumbentAnnotation(
  { kind, name }: ConfigName,
  {
    namespace,
    hash,
    container,
  }: { readonly namespace: string; readonly hash: string; readonly container: string },
): string {
  const type = kind.toUpperCase()
  return JSON.stringify({
    type,
    name,
    namespace,
    hash,
    containerRefs: [container],
    observedAt: 1_700_000_000,
  })
}
