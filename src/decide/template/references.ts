// Which configs a pod template uses, by which keys, and which container carries their stamp (spec 3 with its omissions repaired).
import type { ConfigType, KeySet } from '../../types/config.ts'
import { configId } from '../../types/record.ts'
import type { Reference } from '../../types/workload.ts'
import { unionOfKeys } from './key-set.ts'
import type { Container, PodTemplate } from './pod-template.ts'
import { volumeUses } from './volume-use.ts'

export interface ReferenceOptions {
  /** `imagePullSecrets` are references too; `--image-pull-secrets`. */
  readonly imagePullSecrets: boolean
}

/**
 * Every ConfigMap and Secret that `template` uses, sorted by type and name, all places that name one taken together. The first
 * place in the order of spec 3 (volumes; variables of the containers; those of the init containers) decides `via` and
 * `container`: what only init containers use is stamped in the first regular container.
 */
export function referencesOf(template: PodTemplate, options: ReferenceOptions): readonly Reference[] {
  const found = new Map<string, Reference>()
  for (const place of placesOf(template, options)) {
    if (place.name === '') continue
    const id = configId(place.type, place.name)
    const known = found.get(id)
    found.set(id, known === undefined ? place : { ...known, keys: unionOfKeys(known.keys, place.keys) })
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference)
}

function* placesOf(template: PodTemplate, options: ReferenceOptions): Generator<Reference> {
  const { containers = [], initContainers = [], imagePullSecrets = [] } = template.spec ?? {}
  const first = containers[0]?.name ?? ''
  yield* volumeUses(template)
  for (const container of containers) yield* variablesOf(container, 'containers', container.name)
  for (const container of initContainers) yield* variablesOf(container, 'initContainers', first)
  if (!options.imagePullSecrets) return
  for (const { name } of imagePullSecrets)
    yield reference('Secret', name, { keys: 'all', via: 'imagePullSecrets', container: first })
}

function* variablesOf(container: Container, list: string, carrier: string): Generator<Reference> {
  const at = `${list}[${container.name}]`
  for (const { name, valueFrom } of container.env ?? []) {
    for (const [type, ref] of [
      ['ConfigMap', valueFrom?.configMapKeyRef],
      ['Secret', valueFrom?.secretKeyRef],
    ] as const) {
      if (ref === undefined) continue
      const keys = ref.key === undefined ? 'all' : [ref.key]
      yield reference(type, ref.name, { keys, via: `${at}.env[${name}]`, container: carrier })
    }
  }
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const place = { keys: 'all', via: `${at}.envFrom`, container: carrier } as const
    if (configMapRef !== undefined) yield reference('ConfigMap', configMapRef.name, place)
    if (secretRef !== undefined) yield reference('Secret', secretRef.name, place)
  }
}

function reference(
  type: ConfigType,
  name: string | undefined,
  place: { readonly keys: KeySet; readonly via: string; readonly container: string },
): Reference {
  return { type, name: name ?? '', ...place }
}
