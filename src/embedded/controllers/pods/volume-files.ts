// The files of a pod's volumes, as the kubelet writes them.
import type { ApiObject } from '../../object/api-object.ts'
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from '../../object/json.ts'
import { type ConfigKind, type FindConfig, MissingConfig, referenceAt } from './config-lookup.ts'
import type { Files } from './pod-facts.ts'
import { fieldOf } from './pod-field.ts'

/** A volume that cannot be set up. */
export class VolumeProblem extends Error {
  override readonly name = 'VolumeProblem'
  readonly volume: string
  constructor(volume: string, message: string) {
    super(`MountVolume.SetUp failed for volume "${volume}" : ${message}`)
    this.volume = volume
  }
}

/** The files of every volume by its name, with paths relative to the volume. Throws VolumeProblem. */
export function volumeFiles(pod: ApiObject, find: FindConfig): ReadonlyMap<string, Files> {
  return new Map(
    listAt(pod, 'spec', 'volumes').map((volume): [string, Files] => {
      const name = textAt(volume, 'name')
      try {
        return [name, filesOf(pod, objectAt(volume), find)]
      } catch (error) {
        if (error instanceof MissingConfig) throw new VolumeProblem(name, error.message)
        throw error
      }
    }),
  )
}

function filesOf(pod: ApiObject, volume: JsonObject, find: FindConfig): Files {
  const { configMap, secret, projected, downwardAPI } = volume
  if (isObject(configMap)) return configFiles(configMap, { kind: 'ConfigMap', key: 'name', find })
  if (isObject(secret)) return configFiles(secret, { kind: 'Secret', key: 'secretName', find })
  if (isObject(downwardAPI)) return fieldFiles(pod, downwardAPI)
  if (!isObject(projected)) return {}
  const sources = listAt(projected, 'sources').map((source) => projectedFiles(pod, objectAt(source), find))
  return Object.assign({}, ...sources)
}

function projectedFiles(pod: ApiObject, source: JsonObject, find: FindConfig): Files {
  const { configMap, secret, downwardAPI } = source
  if (isObject(configMap)) return configFiles(configMap, { kind: 'ConfigMap', key: 'name', find })
  if (isObject(secret)) return configFiles(secret, { kind: 'Secret', key: 'name', find })
  return isObject(downwardAPI) ? fieldFiles(pod, downwardAPI) : {}
}

interface ConfigSource {
  readonly kind: ConfigKind
  /** Where the name of the config stands. */
  readonly key: string
  readonly find: FindConfig
}

/** Every key as a file, or those of `items` under their paths. */
function configFiles(source: Json, { kind, key, find }: ConfigSource): Files {
  const reference = referenceAt(source, kind, key)
  const content = find(reference) ?? new Map<string, string>()
  const items = listAt(source, 'items')
  if (items.length === 0) return Object.fromEntries(content)
  const files: Record<string, string> = {}
  for (const item of items) {
    const value = content.get(textAt(item, 'key'))
    if (value !== undefined) files[textAt(item, 'path')] = value
    else if (!reference.optional) throw new MissingConfig(missingKey(kind, textAt(item, 'key')))
  }
  return files
}

function missingKey(kind: ConfigKind, key: string): string {
  return kind === 'Secret'
    ? `references non-existent secret key: ${key}`
    : `configmap references non-existent config key: ${key}`
}

function fieldFiles(pod: ApiObject, source: Json): Files {
  return Object.fromEntries(
    listAt(source, 'items')
      .filter((item) => isObject(objectAt(item).fieldRef))
      .map((item) => [
        textAt(item, 'path'),
        Buffer.from(fieldOf(pod, textAt(item, 'fieldRef', 'fieldPath'))).toString('base64'),
      ]),
  )
}

type Volumes = ReadonlyMap<string, Files>

/** What a container sees: each volume under its mount path. A subPath is taken from `atStart`, the rest from `live`. */
export function mountedFiles(container: Json, live: Volumes, atStart: Volumes): Files {
  const mounts = listAt(container, 'volumeMounts').map((mount) => {
    const path = textAt(mount, 'mountPath').replace(/\/+$/, '')
    const subPath = textAt(mount, 'subPath')
    const name = textAt(mount, 'name')
    if (subPath === '') return prefixed(live.get(name) ?? {}, `${path}/`)
    return subFiles(atStart.get(name) ?? {}, { subPath, path })
  })
  return Object.assign({}, ...mounts)
}

function prefixed(files: Files, prefix: string): Files {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${prefix}${path}`, content]))
}

/** One file of a volume, or a directory of it. */
function subFiles(
  files: Files,
  { subPath, path }: { readonly subPath: string; readonly path: string },
): Files {
  const file = files[subPath]
  if (file !== undefined) return { [path]: file }
  const inside = Object.entries(files).filter(([each]) => each.startsWith(`${subPath}/`))
  return Object.fromEntries(
    inside.map(([each, content]) => [`${path}${each.slice(subPath.length)}`, content]),
  )
}
