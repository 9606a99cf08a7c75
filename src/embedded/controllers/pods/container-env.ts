// The environment of a container, as the kubelet makes it when the container starts.
import type { ApiObject } from '../../object/api-object.ts'
import { isObject, type Json, listAt, objectAt, textAt } from '../../object/json.ts'
import { type ConfigKind, type FindConfig, MissingConfig, referenceAt } from './config-lookup.ts'
import { fieldOf } from './pod-field.ts'

const SOURCES = [
  ['configMapRef', 'ConfigMap'],
  ['secretRef', 'Secret'],
] as const
const KEY_SOURCES = [
  ['configMapKeyRef', 'ConfigMap'],
  ['secretKeyRef', 'Secret'],
] as const

/** The variables by name. Throws MissingConfig for a reference that is neither optional nor satisfied. */
export function containerEnv(
  pod: ApiObject,
  container: Json,
  find: FindConfig,
): Readonly<Record<string, string>> {
  const env: Record<string, string> = {}
  for (const source of listAt(container, 'envFrom')) Object.assign(env, variablesFrom(source, find))
  for (const variable of listAt(container, 'env')) {
    const value = isObject(objectAt(variable).valueFrom)
      ? valueFrom(pod, objectAt(variable, 'valueFrom'), find)
      : expanded(textAt(variable, 'value'), env)
    if (value !== undefined) env[textAt(variable, 'name')] = value
  }
  return env
}

/** Keys that cannot name a variable are left out. */
function variablesFrom(source: Json, find: FindConfig): Readonly<Record<string, string>> {
  const prefix = textAt(source, 'prefix')
  const variables: Record<string, string> = {}
  for (const [member, kind] of SOURCES) {
    const reference = objectAt(source)[member]
    if (!isObject(reference)) continue
    for (const [key, value] of find(referenceAt(reference, kind)) ?? [])
      if (!`${prefix}${key}`.includes('=')) variables[`${prefix}${key}`] = decoded(value)
  }
  return variables
}

function valueFrom(pod: ApiObject, source: Json, find: FindConfig): string | undefined {
  const field = objectAt(source).fieldRef
  if (isObject(field)) return fieldOf(pod, textAt(field, 'fieldPath'))
  for (const [member, kind] of KEY_SOURCES) {
    const reference = objectAt(source)[member]
    if (isObject(reference)) return valueOfKey(pod, { reference, kind, find })
  }
  return undefined
}

interface KeyReference {
  readonly reference: Json
  readonly kind: ConfigKind
  readonly find: FindConfig
}

function valueOfKey({ metadata }: ApiObject, { reference, kind, find }: KeyReference): string | undefined {
  const { name, optional } = referenceAt(reference, kind)
  const key = textAt(reference, 'key')
  const content = find({ kind, name, optional })
  const value = content?.get(key)
  if (value !== undefined) return decoded(value)
  if (optional) return undefined
  throw new MissingConfig(`couldn't find key ${key} in ${kind} ${metadata.namespace}/${name}`)
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}

/** `$(NAME)` stands for a variable before it, `$$` for a dollar sign; an unknown name stays as it is. */
function expanded(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, inner: string, name: string | undefined) => {
    if (inner === '$') return '$'
    return name !== undefined && Object.hasOwn(env, name) ? (env[name] ?? '') : whole
  })
}
