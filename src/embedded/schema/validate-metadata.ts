// Rules of metadata, for objects of every kind (k8s.io/apimachinery/pkg/api/validation).
import type { ApiObject, MetadataJson, OwnerReferenceJson } from '../object/api-object.ts'
import {
  type FieldProblem,
  forbiddenField,
  invalidField,
  requiredField,
  tooLongField,
} from '../object/field-problem.ts'
import { type Json, jsonEqual, objectAt } from '../object/json.ts'
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  pathSegmentProblems,
  qualifiedNameProblems,
} from '../object/names.ts'
import type { Resource } from '../object/resources.ts'

/** What is wrong with the metadata of a new object. */
export function validateMetadata({ metadata }: ApiObject, resource: Resource): readonly FieldProblem[] {
  return [
    ...validateName(metadata, resource),
    ...validateMarks(metadata),
    ...(metadata.finalizers ?? []).flatMap(validateFinalizer),
  ]
}

function validateMarks({ labels, annotations, ownerReferences = [] }: MetadataJson): readonly FieldProblem[] {
  return [
    ...validateLabels(labels, 'metadata.labels'),
    ...validateAnnotations(annotations, 'metadata.annotations'),
    ...ownerReferences.flatMap(validateOwnerReference),
  ]
}

type NameRule = (name: string) => readonly string[]

const NAME_RULES: Readonly<Record<string, NameRule>> = {
  Namespace: dnsLabelProblems,
  StatefulSet: dnsLabelProblems,
}

function nameRule({ group, kind, custom }: Resource): NameRule {
  if (custom !== undefined) return dnsSubdomainProblems
  return group === 'rbac.authorization.k8s.io'
    ? pathSegmentProblems
    : (NAME_RULES[kind] ?? dnsSubdomainProblems)
}

function validateName({ name, generateName }: MetadataJson, resource: Resource): readonly FieldProblem[] {
  const rule = nameRule(resource)
  // A prefix may end in a dash, because five characters follow.
  const prefix = generateName?.replace(/.-$/, 'a') ?? ''
  return [
    ...(generateName === undefined
      ? []
      : rule(prefix).map((why) => invalidField('metadata.generateName', generateName, why))),
    ...(name === undefined
      ? [requiredField('metadata.name', 'name or generateName is required')]
      : rule(name).map((why) => invalidField('metadata.name', name, why))),
  ]
}

/** The map of strings at a path; members of another type are left out. */
export function stringMap(
  value: Json | undefined,
  ...path: readonly string[]
): Readonly<Record<string, string>> {
  const entries = Object.entries(objectAt(value, ...path))
  return Object.fromEntries(entries.flatMap(([key, each]) => (typeof each === 'string' ? [[key, each]] : [])))
}

/** What is wrong with labels at a path. */
export function validateLabels(labels: MetadataJson['labels'] = {}, path: string): readonly FieldProblem[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((why) => invalidField(path, key, why)),
    ...labelValueProblems(value).map((why) => invalidField(path, value, why)),
  ])
}

const MAX_ANNOTATIONS = 256 * 1024

/** What is wrong with annotations at a path; their keys may be in capitals. */
export function validateAnnotations(
  annotations: MetadataJson['annotations'] = {},
  path: string,
): readonly FieldProblem[] {
  const entries = Object.entries(annotations)
  const size = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  )
  return [
    ...entries.flatMap(([key]) =>
      qualifiedNameProblems(key.toLowerCase()).map((why) => invalidField(path, key, why)),
    ),
    ...(size > MAX_ANNOTATIONS ? [tooLongField(path, MAX_ANNOTATIONS)] : []),
  ]
}

function validateOwnerReference(reference: OwnerReferenceJson): readonly FieldProblem[] {
  const path = 'metadata.ownerReferences'
  const empty = (['apiVersion', 'kind', 'name', 'uid'] as const).filter((key) => reference[key] === '')
  return empty.map((key) =>
    invalidField(
      `${path}.${key}`,
      '',
      key === 'apiVersion' ? 'version must not be empty' : 'must not be empty',
    ),
  )
}

const STANDARD_FINALIZERS = ['orphan', 'foregroundDeletion', 'kubernetes']

function validateFinalizer(finalizer: string, i: number): readonly FieldProblem[] {
  const problems = qualifiedNameProblems(finalizer).map((why) =>
    invalidField('metadata.finalizers', finalizer, why),
  )
  if (finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)) return problems
  const why = 'name is neither a standard finalizer name nor is it fully qualified'
  return [...problems, invalidField(`metadata.finalizers[${i}]`, finalizer, why)]
}

const IMMUTABLE = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

/** What is wrong with a change of metadata. */
export function validateMetadataUpdate(next: ApiObject, current: ApiObject): readonly FieldProblem[] {
  const moved = IMMUTABLE.filter((key) => !jsonEqual(next.metadata[key], current.metadata[key]))
  return [
    ...validateNoNewFinalizers(next.metadata, current.metadata),
    ...moved.map((key) => invalidField(`metadata.${key}`, next.metadata[key], 'field is immutable')),
    ...validateMarks(next.metadata),
  ]
}

function validateNoNewFinalizers(next: MetadataJson, current: MetadataJson): readonly FieldProblem[] {
  if (current.deletionTimestamp === undefined) return []
  const added = (next.finalizers ?? []).filter((each) => !current.finalizers?.includes(each)).toSorted()
  if (added.length === 0) return []
  const list = added.map((each) => JSON.stringify(each)).join(', ')
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`
  return [forbiddenField('metadata.finalizers', why)]
}
