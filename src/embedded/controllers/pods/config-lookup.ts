// The ConfigMaps and Secrets of a namespace as containers get them, and the kubelet's words where they are missing.
import type { ApiObject } from '../../object/api-object.ts'
import { type Json, objectAt, textAt } from '../../object/json.ts'
import type { LocalClient } from '../local-client.ts'

export type ConfigKind = 'ConfigMap' | 'Secret'

/** Why a container cannot be started or a volume not be mounted, in the kubelet's words. */
export class MissingConfig extends Error {
  override readonly name = 'MissingConfig'
}

/** A reference to a ConfigMap or Secret: `name` and `optional` are where the API has them. */
export interface ConfigReference {
  readonly kind: ConfigKind
  readonly name: string
  readonly optional: boolean
}

/** Reads a reference whose name stands under `key`. */
export function referenceAt(value: Json, kind: ConfigKind, key = 'name'): ConfigReference {
  return { kind, name: textAt(value, key), optional: objectAt(value).optional === true }
}

/** The values of a ConfigMap or Secret by key, as base64. */
export type ConfigContent = ReadonlyMap<string, string>

/** Finds configs of one namespace. Undefined for one that is missing and optional; throws MissingConfig for one that is not. */
export type FindConfig = (reference: ConfigReference) => ConfigContent | undefined

/** A lookup in a namespace. */
export function configsOf(client: LocalClient, namespace: string): FindConfig {
  return ({ kind, name, optional }) => {
    const found = client.get({ kind, namespace, name })
    if (found !== undefined) return contentOf(found)
    if (optional) return undefined
    throw new MissingConfig(`${kind.toLowerCase()} "${name}" not found`)
  }
}

function contentOf(config: ApiObject): ConfigContent {
  const data = Object.entries(objectAt(config, 'data'))
  const encoded = data.map(([key, value]): [string, string] => [
    key,
    config.kind === 'Secret' ? String(value) : Buffer.from(String(value)).toString('base64'),
  ])
  const binary = Object.entries(objectAt(config, 'binaryData')).map(([key, value]): [string, string] => [
    key,
    String(value),
  ])
  return new Map([...encoded, ...binary])
}
