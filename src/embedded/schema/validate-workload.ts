// Rules of workloads (pkg/apis/apps/validation and pkg/apis/batch/validation of 1.36).
import type { ApiObject } from '../object/api-object.ts'
import {
  type FieldProblem,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedField,
} from '../object/field-problem.ts'
import {
  isObject,
  type Json,
  jsonEqual,
  listAt,
  numberAt,
  objectAt,
  textAt,
  valueAt,
  without,
} from '../object/json.ts'
import { matchesLabelSelector } from './label-selector.ts'
import { stringMap, validateLabels } from './validate-metadata.ts'
import { validatePodTemplate } from './validate-pod-template.ts'

const COUNTS = ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']

/** Rules of Deployments, ReplicaSets, StatefulSets and DaemonSets. */
export function validateWorkload(object: ApiObject): readonly FieldProblem[] {
  const spec = objectAt(object, 'spec')
  return [
    ...COUNTS.filter((key) => (numberAt(spec, key) ?? 0) < 0).map((key) =>
      invalidField(`spec.${key}`, spec[key], 'must be greater than or equal to 0'),
    ),
    ...validateSelector(object, spec.selector),
    ...validatePodTemplate(spec.template, 'spec.template'),
    ...onlyAlways(spec),
    ...validateDeadline(spec),
  ]
}

/** Messages call a ReplicaSet's selector a deployment's. */
const SELECTOR_OWNER: Readonly<Record<string, string>> = { ReplicaSet: 'deployment' }

function validateSelector({ kind, spec }: ApiObject, selector: Json | undefined): readonly FieldProblem[] {
  if (!isObject(selector))
    return [...(kind === 'DaemonSet' ? [] : [requiredField('spec.selector')]), mismatch(spec)]
  const terms =
    Object.keys(objectAt(selector, 'matchLabels')).length + listAt(selector, 'matchExpressions').length
  const labels = stringMap(spec, 'template', 'metadata', 'labels')
  const owner = SELECTOR_OWNER[kind] ?? kind.toLowerCase()
  return [
    ...validateLabels(stringMap(selector, 'matchLabels'), 'spec.selector.matchLabels'),
    ...(terms === 0
      ? [invalidField('spec.selector', selector, `empty selector is invalid for ${owner}`)]
      : []),
    ...(terms > 0 && !matchesLabelSelector(selector, labels) ? [mismatch(spec)] : []),
  ]
}

function mismatch(spec: Json | undefined): FieldProblem {
  const labels = valueAt(spec, 'template', 'metadata', 'labels')
  return invalidField('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')
}

function onlyAlways(spec: Json): readonly FieldProblem[] {
  const policy = textAt(spec, 'template', 'spec', 'restartPolicy')
  return policy === 'Always' ? [] : [unsupportedField('spec.template.spec.restartPolicy', policy, ['Always'])]
}

function validateDeadline(spec: Json): readonly FieldProblem[] {
  const deadline = numberAt(spec, 'progressDeadlineSeconds')
  if (deadline === undefined || deadline > (numberAt(spec, 'minReadySeconds') ?? 0)) return []
  return [invalidField('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
}

/** A selector never changes. */
export function validateSelectorUpdate(next: ApiObject, current: ApiObject): readonly FieldProblem[] {
  const [after, before] = [valueAt(next, 'spec', 'selector'), valueAt(current, 'spec', 'selector')]
  return jsonEqual(after, before) ? [] : [invalidField('spec.selector', after, 'field is immutable')]
}

const STATEFUL_SET_CHANGES = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

/** Of a StatefulSet only some fields may change. */
export function validateStatefulSetUpdate(next: ApiObject, current: ApiObject): readonly FieldProblem[] {
  const fixed = (object: ApiObject) => without(objectAt(object, 'spec'), ...STATEFUL_SET_CHANGES)
  if (jsonEqual(fixed(next), fixed(current))) return []
  const quoted = STATEFUL_SET_CHANGES.map((each) => `'${each}'`)
  const list = `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`
  return [forbiddenField('spec', `updates to statefulset spec for fields other than ${list} are forbidden`)]
}
