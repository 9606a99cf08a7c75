// Rules of a pod template: the part of pkg/apis/core/validation that a template of ours or of a test could break.
import {
  duplicateField,
  type FieldProblem,
  forbiddenField,
  invalidField,
  requiredField,
  unknownReference,
  unsupportedField,
} from '../object/field-problem.ts'
import { isObject, type Json, listAt, objectAt, textAt } from '../object/json.ts'
import { dnsLabelProblems, dnsSubdomainProblems, variableNameProblems } from '../object/names.ts'
import { structOf } from './schema.ts'
import { stringMap, validateAnnotations, validateLabels } from './validate-metadata.ts'
import { validatePorts } from './validate-ports.ts'

/** What is wrong with the template at `path`. */
export function validatePodTemplate(template: Json | undefined, path: string): readonly FieldProblem[] {
  const spec = objectAt(template, 'spec')
  return [
    ...validateLabels(stringMap(template, 'metadata', 'labels'), `${path}.labels`),
    ...validateAnnotations(stringMap(template, 'metadata', 'annotations'), `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`),
  ]
}

function validatePodSpec(spec: Json, path: string): readonly FieldProblem[] {
  const volumes = listAt(spec, 'volumes')
  const known = new Set(volumes.map((each) => textAt(each, 'name')))
  const containers = listAt(spec, 'containers')
  return [
    ...volumes.flatMap((volume, i) => validateVolume(volume, `${path}.volumes[${i}]`)),
    ...duplicateNames(volumes, `${path}.volumes`),
    ...(containers.length === 0 ? [requiredField(`${path}.containers`)] : []),
    ...validateContainers(containers, { path: `${path}.containers`, volumes: known }),
    ...validateContainers(listAt(spec, 'initContainers'), { path: `${path}.initContainers`, volumes: known }),
    ...validateRestartPolicy(textAt(spec, 'restartPolicy'), `${path}.restartPolicy`),
  ]
}

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']

function validateRestartPolicy(policy: string, path: string): readonly FieldProblem[] {
  return RESTART_POLICIES.includes(policy) ? [] : [unsupportedField(path, policy, RESTART_POLICIES)]
}

function duplicateNames(items: readonly Json[], path: string): readonly FieldProblem[] {
  const names = items.map((each) => textAt(each, 'name'))
  return names.flatMap((name, i) =>
    names.indexOf(name) < i ? [duplicateField(`${path}[${i}].name`, name)] : [],
  )
}

function validateLabelName(name: string, path: string): readonly FieldProblem[] {
  if (name === '') return [requiredField(path)]
  return dnsLabelProblems(name).map((why) => invalidField(path, name, why))
}

function validateVolume(volume: Json, path: string): readonly FieldProblem[] {
  const sources = [...structOf('Volume').fields.keys()].filter(
    (key) => key !== 'name' && isObject(objectAt(volume)[key]),
  )
  return [
    ...sources
      .slice(1)
      .map((key) => forbiddenField(`${path}.${key}`, 'may not specify more than 1 volume type')),
    ...(sources.length === 0 ? [requiredField(path, 'must specify a volume type')] : []),
    ...validateVolumeSource(volume, path),
    ...validateLabelName(textAt(volume, 'name'), `${path}.name`),
  ]
}

/** A volume of a config says which, and its items name keys. */
function validateVolumeSource(volume: Json, path: string): readonly FieldProblem[] {
  const names = { configMap: 'name', secret: 'secretName' } as const
  return (['configMap', 'secret'] as const).flatMap((kind) => {
    const source = objectAt(volume)[kind]
    if (!isObject(source)) return []
    const nameless =
      textAt(source, names[kind]) === '' ? [requiredField(`${path}.${kind}.${names[kind]}`)] : []
    const items = listAt(source, 'items').flatMap((item, i) =>
      validateItem(item, `${path}.${kind}.items[${i}]`),
    )
    return [...nameless, ...items]
  })
}

function validateItem(item: Json, path: string): readonly FieldProblem[] {
  return ['key', 'path']
    .filter((key) => textAt(item, key) === '')
    .map((key) => requiredField(`${path}.${key}`))
}

interface ContainerPlace {
  readonly path: string
  readonly volumes: ReadonlySet<string>
}

function validateContainers(
  containers: readonly Json[],
  { path, volumes }: ContainerPlace,
): readonly FieldProblem[] {
  const each = containers.flatMap((container, i) =>
    validateContainer(container, { path: `${path}[${i}]`, volumes }),
  )
  return [...each, ...duplicateNames(containers, path)]
}

function validateContainer(container: Json, { path, volumes }: ContainerPlace): readonly FieldProblem[] {
  return [
    ...validateLabelName(textAt(container, 'name'), `${path}.name`),
    ...(textAt(container, 'image') === '' ? [requiredField(`${path}.image`)] : []),
    ...validatePorts(listAt(container, 'ports'), `${path}.ports`),
    ...listAt(container, 'env').flatMap((variable, i) => validateVariable(variable, `${path}.env[${i}]`)),
    ...listAt(container, 'envFrom').flatMap((source, i) =>
      validateEnvFrom(source, { path: `${path}.envFrom`, place: i }),
    ),
    ...listAt(container, 'volumeMounts').flatMap((mount, i) =>
      validateMount(mount, { path: `${path}.volumeMounts[${i}]`, volumes }),
    ),
  ]
}

function validateVariable(variable: Json, path: string): readonly FieldProblem[] {
  const name = textAt(variable, 'name')
  const from = objectAt(variable).valueFrom
  const wrongName =
    name === ''
      ? [requiredField(`${path}.name`)]
      : variableNameProblems(name).map((why) => invalidField(`${path}.name`, name, why))
  if (!isObject(from)) return wrongName
  return [...wrongName, ...validateValueFrom(variable, path)]
}

function validateValueFrom(variable: Json, path: string): readonly FieldProblem[] {
  const from = objectAt(variable, 'valueFrom')
  const sources = Object.keys(from)
  const place = `${path}.valueFrom`
  const references = (['configMapKeyRef', 'secretKeyRef'] as const).flatMap((kind) =>
    isObject(from[kind]) ? validateKeyReference(from[kind], `${place}.${kind}`) : [],
  )
  if (sources.length === 0) {
    const why =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    return [invalidField(place, '', why)]
  }
  if (textAt(variable, 'value') !== '')
    return [...references, invalidField(place, '', 'may not be specified when `value` is not empty')]
  return sources.length > 1
    ? [...references, invalidField(place, '', 'may not have more than one field specified at a time')]
    : references
}

function validateKeyReference(reference: Json, path: string): readonly FieldProblem[] {
  const name = textAt(reference, 'name')
  return [
    ...dnsSubdomainProblems(name).map((why) => invalidField(`${path}.name`, name, why)),
    ...(textAt(reference, 'key') === '' ? [requiredField(`${path}.key`)] : []),
  ]
}

interface ListPlace {
  readonly path: string
  readonly place: number
}

/** Only what is wrong within a reference is told with its place in the list. */
function validateEnvFrom(source: Json, { path, place }: ListPlace): readonly FieldProblem[] {
  const kinds = (['configMapRef', 'secretRef'] as const).filter((kind) => isObject(objectAt(source)[kind]))
  if (kinds.length === 0)
    return [invalidField(path, '', 'must specify one of: `configMapRef` or `secretRef`')]
  if (kinds.length > 1)
    return [invalidField(path, '', 'may not have more than one field specified at a time')]
  const nameless = kinds.filter((kind) => textAt(source, kind, 'name') === '')
  return nameless.map((kind) => requiredField(`${path}[${place}].${kind}.name`))
}

function validateMount(mount: Json, { path, volumes }: ContainerPlace): readonly FieldProblem[] {
  const name = textAt(mount, 'name')
  return [
    ...(name === '' ? [requiredField(`${path}.name`)] : []),
    ...(volumes.has(name) ? [] : [unknownReference(`${path}.name`, name)]),
    ...(textAt(mount, 'mountPath') === '' ? [requiredField(`${path}.mountPath`)] : []),
  ]
}
