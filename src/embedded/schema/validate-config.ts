// Rules of ConfigMaps and Secrets (pkg/apis/core/validation of 1.36).
import type { ApiObject } from '../object/api-object.ts'
import {
  type FieldProblem,
  forbiddenField,
  invalidField,
  requiredField,
  tooLongField,
} from '../object/field-problem.ts'
import { type JsonObject, jsonEqual, objectAt, textAt } from '../object/json.ts'
import { configKeyProblems } from '../object/names.ts'

const MAX_SIZE = 1024 * 1024

export function validateConfigMap(object: ApiObject): readonly FieldProblem[] {
  const [data, binaryData] = [objectAt(object, 'data'), objectAt(object, 'binaryData')]
  const doubled = Object.keys(data).filter((key) => Object.hasOwn(binaryData, key))
  const size = textSize(data) + bytesSize(binaryData)
  return [
    ...validateKeys(data, 'data'),
    ...doubled.map((key) => invalidField(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...validateKeys(binaryData, 'binaryData'),
    ...(size > MAX_SIZE ? [tooLongField('[]', MAX_SIZE)] : []),
  ]
}

function validateKeys(data: JsonObject, path: string): readonly FieldProblem[] {
  return Object.keys(data).flatMap((key) =>
    configKeyProblems(key).map((why) => invalidField(`${path}[${key}]`, key, why)),
  )
}

function textSize(data: JsonObject): number {
  return Object.values(data).reduce<number>((sum, value) => sum + Buffer.byteLength(String(value)), 0)
}

function bytesSize(data: JsonObject): number {
  return Object.values(data).reduce<number>(
    (sum, value) => sum + Buffer.byteLength(String(value), 'base64'),
    0,
  )
}

/** Keys that a Secret of a type must have: one of each group. */
const REQUIRED_KEYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'kubernetes.io/tls': [['tls.crt'], ['tls.key']],
  'kubernetes.io/dockercfg': [['.dockercfg']],
  'kubernetes.io/dockerconfigjson': [['.dockerconfigjson']],
  'kubernetes.io/basic-auth': [['username', 'password']],
  'kubernetes.io/ssh-auth': [['ssh-privatekey']],
}

export function validateSecret(object: ApiObject): readonly FieldProblem[] {
  const data = objectAt(object, 'data')
  const groups = REQUIRED_KEYS[textAt(object, 'type')] ?? []
  const missing = groups.filter((group) => !group.some((key) => Object.hasOwn(data, key))).flat()
  return [
    ...validateKeys(data, 'data'),
    ...(bytesSize(data) > MAX_SIZE ? [tooLongField('data', MAX_SIZE)] : []),
    ...missing.map((key) => requiredField(`data[${key}]`)),
  ]
}

const IMMUTABLE = 'field is immutable when `immutable` is set'

/** Of an immutable ConfigMap or Secret neither the content nor the word itself changes. */
export function validateConfigUpdate(next: ApiObject, current: ApiObject): readonly FieldProblem[] {
  const retyped = next.kind === 'Secret' && next.type !== current.type
  const typeProblems = retyped ? [invalidField('type', next.type, 'field is immutable')] : []
  if (current.immutable !== true) return typeProblems
  const moved = ['data', 'binaryData'].filter((key) => !jsonEqual(next[key], current[key]))
  return [
    ...typeProblems,
    ...(next.immutable === true ? [] : [forbiddenField('immutable', IMMUTABLE)]),
    ...moved.map((key) => forbiddenField(key, IMMUTABLE)),
  ]
}
