// What each kind does when it is written, beside the common rules: the strategies of pkg/registry in 1.36.
import { type ApiObject, toApiObject, withMetadata } from '../object/api-object.ts'
import type { FieldProblem } from '../object/field-problem.ts'
import { jsonEqual, listAt, objectAt, textAt, valueAt, without } from '../object/json.ts'
import { type Resource, resourceOf } from '../object/resources.ts'
import { TEMPLATE_GENERATION, withDefaults } from './defaults.ts'
import { keepAddress, validateService, withAddress } from './service-rules.ts'
import { readTyped } from './typed-body.ts'
import { validateCronJob, validateJob, validateJobUpdate } from './validate-batch.ts'
import { validateConfigMap, validateConfigUpdate, validateSecret } from './validate-config.ts'
import { validateDefinition, validateDefinitionUpdate } from './validate-definition.ts'
import { validateEvent, validateLease } from './validate-event.ts'
import { validateMetadata } from './validate-metadata.ts'
import { validateStrategy } from './validate-strategy.ts'
import { validateSelectorUpdate, validateStatefulSetUpdate, validateWorkload } from './validate-workload.ts'

type Validate = (object: ApiObject) => readonly FieldProblem[]
type ValidateUpdate = (next: ApiObject, current: ApiObject) => readonly FieldProblem[]

interface KindRules {
  readonly prepareForCreate?: (object: ApiObject) => ApiObject
  readonly prepareForUpdate?: (next: ApiObject, current: ApiObject) => ApiObject
  readonly validate?: Validate
  readonly validateUpdate?: ValidateUpdate
}

const RULES: Readonly<Record<string, KindRules>> = {
  ConfigMap: { validate: validateConfigMap, validateUpdate: validateWholeConfig },
  CronJob: { validate: validateCronJob },
  CustomResourceDefinition: {
    prepareForCreate: withStoredVersion,
    prepareForUpdate: withStoredVersion,
    validate: validateDefinition,
    validateUpdate: validateDefinitionUpdate,
  },
  DaemonSet: {
    prepareForCreate: (object) => withTemplateGeneration(object, 1),
    prepareForUpdate: countTemplates,
    validate: validateWorkload,
    validateUpdate: (next, current) => [...validateSelectorUpdate(next, current), ...validateWorkload(next)],
  },
  Deployment: {
    validate: validateDeployment,
    validateUpdate: (next, current) => [
      ...validateDeployment(next),
      ...validateSelectorUpdate(next, current),
    ],
  },
  Event: { validate: validateEvent },
  Job: { prepareForCreate: selectOwnPods, validate: validateJob, validateUpdate: validateJobUpdate },
  Lease: { validate: validateLease },
  Namespace: { prepareForCreate: withNamespaceMarks, prepareForUpdate: keepFinalizers },
  ReplicaSet: { validate: validateWorkload, validateUpdate: validateSelectorUpdate },
  Secret: { validate: validateSecret, validateUpdate: validateWholeConfig },
  Service: {
    prepareForCreate: withAddress,
    prepareForUpdate: keepAddress,
    validate: validateService,
  },
  StatefulSet: { validate: validateWorkload, validateUpdate: validateStatefulSetUpdate },
}

function validateDeployment(object: ApiObject): readonly FieldProblem[] {
  return [...validateWorkload(object), ...validateStrategy(object)]
}

const NO_RULES: KindRules = {}

function rulesOf({ kind, custom }: Resource): KindRules {
  if (custom === undefined) return RULES[kind] ?? NO_RULES
  return { validate: (object) => custom.validate(object), validateUpdate: custom.validate }
}

/** The object as it is first stored: generation 1, and no status of the client's. */
export function prepareForCreate(object: ApiObject, resource: Resource): ApiObject {
  const counted = withMetadata(object, { generation: resource.generation ? 1 : object.metadata.generation })
  const bare = resource.subresources.includes('status') ? withEmptyStatus(counted, resource) : counted
  return rulesOf(resource).prepareForCreate?.(bare) ?? bare
}

function withEmptyStatus(object: ApiObject, { custom }: Resource): ApiObject {
  if (custom !== undefined) return withMember(object, 'status', undefined)
  return toApiObject({
    ...object,
    status: withDefaults(readTyped({ kind: object.kind }, object.kind).object).status,
  })
}

/** The object as it is to be stored over `current`, without what this place of it does not let one change. */
export function prepareForUpdate(
  next: ApiObject,
  current: ApiObject,
  { resource, subresource }: WrittenPlace,
): ApiObject {
  const { generation } = current.metadata
  const counted = withMetadata(next, { generation })
  if (subresource === 'status') return withStatusOnly(counted, current, resource)
  const kept = resource.subresources.includes('status')
    ? withMember(counted, 'status', current.status)
    : counted
  const prepared = rulesOf(resource).prepareForUpdate?.(kept, current) ?? kept
  if (!resource.generation || !movesGeneration(prepared, current, resource)) return prepared
  return withMetadata(prepared, { generation: (generation ?? 0) + 1 })
}

export interface WrittenPlace {
  readonly resource: Resource
  readonly subresource: string
}

function withMember(object: ApiObject, key: string, value: ApiObject[string]): ApiObject {
  return toApiObject(value === undefined ? without(object, key) : { ...object, [key]: value })
}

/** A write to the status changes neither the spec nor, of a Deployment, the labels. */
function withStatusOnly(next: ApiObject, current: ApiObject, { custom }: Resource): ApiObject {
  if (custom !== undefined) {
    const owned = withMetadata(current, { managedFields: next.metadata.managedFields })
    return withMember(owned, 'status', next.status)
  }
  const kept = withMember(next, 'spec', current.spec)
  return next.kind === 'Deployment' ? withMetadata(kept, { labels: current.metadata.labels }) : kept
}

/**
 * Annotations of a Deployment count too, because they are copied to its ReplicaSets; of a custom resource, everything
 * but its metadata.
 */
function movesGeneration(next: ApiObject, current: ApiObject, { custom }: Resource): boolean {
  if (custom !== undefined) return !jsonEqual(without(next, 'metadata'), without(current, 'metadata'))
  const annotated =
    next.kind === 'Deployment' &&
    !jsonEqual(next.metadata.annotations ?? {}, current.metadata.annotations ?? {})
  return annotated || !jsonEqual(next.spec, current.spec)
}

/** A changed ConfigMap or Secret is checked like a new one. */
function validateWholeConfig(next: ApiObject, current: ApiObject): readonly FieldProblem[] {
  return [
    ...validateConfigUpdate(next, current),
    ...validateMetadata(next, resourceOf(next.kind)),
    ...validateKind(next, resourceOf(next.kind)),
  ]
}

/** What is wrong with a new object of the kind. */
export function validateKind(object: ApiObject, resource: Resource): readonly FieldProblem[] {
  return rulesOf(resource).validate?.(object) ?? []
}

/** What is wrong with a change of an object of the kind. */
export function validateKindUpdate(
  next: ApiObject,
  current: ApiObject,
  { resource, subresource }: WrittenPlace,
): readonly FieldProblem[] {
  if (resource.custom !== undefined && subresource === 'status')
    return resource.custom.validateStatus(next, current)
  return rulesOf(resource).validateUpdate?.(next, current) ?? validateKind(next, resource)
}

/** A version that was ever stored is remembered until somebody says that nothing of it is left. */
function withStoredVersion(object: ApiObject): ApiObject {
  const stored = listAt(object, 'status', 'storedVersions')
  const names = listAt(object, 'spec', 'versions').flatMap((each) =>
    valueAt(each, 'storage') === true ? [textAt(each, 'name')] : [],
  )
  const added = names.filter((each) => !stored.includes(each))
  const storedVersions = [...stored, ...added]
  return toApiObject({ ...object, status: { ...objectAt(object, 'status'), storedVersions } })
}

function withTemplateGeneration(object: ApiObject, generation: number): ApiObject {
  const annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) }
  return withMetadata(object, { annotations })
}

/** The template of a DaemonSet has a generation of its own, kept in an annotation since apps/v1. */
function countTemplates(next: ApiObject, current: ApiObject): ApiObject {
  const before = Number(current.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0)
  const same = jsonEqual(objectAt(next, 'spec').template, objectAt(current, 'spec').template)
  return withTemplateGeneration(next, same ? before : before + 1)
}

function withNamespaceMarks(object: ApiObject): ApiObject {
  return toApiObject({ ...object, spec: { finalizers: ['kubernetes'] } })
}

function keepFinalizers(next: ApiObject, current: ApiObject): ApiObject {
  return withMember(next, 'spec', current.spec)
}

/** A Job selects its pods by its uid, unless it says that it selects itself. */
function selectOwnPods(object: ApiObject): ApiObject {
  const spec = objectAt(object, 'spec')
  if (spec.manualSelector === true) return withTemplateLabels(object)
  const { uid = '', name = '' } = object.metadata
  const prefixed = { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name }
  const labels = {
    ...prefixed,
    'controller-uid': uid,
    'job-name': name,
    ...objectAt(spec, 'template', 'metadata', 'labels'),
  }
  const template = objectAt(spec, 'template')
  const marked = { ...template, metadata: { ...objectAt(template, 'metadata'), labels } }
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } }
  return withTemplateLabels(toApiObject({ ...object, spec: { ...spec, selector, template: marked } }), spec)
}

/** A Job without labels of its own has those of its pods, where the template was given some. */
function withTemplateLabels(job: ApiObject, given = objectAt(job, 'spec')): ApiObject {
  const empty = (labels: object) => Object.keys(labels).length === 0
  if (!empty(job.metadata.labels ?? {}) || empty(objectAt(given, 'template', 'metadata', 'labels')))
    return job
  return withMetadata(job, { labels: objectAt(job, 'spec', 'template', 'metadata', 'labels') })
}
