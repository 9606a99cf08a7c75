// A version of a CustomResourceDefinition as a resource of the server.

import type { ApiObject } from '../object/api-object.ts'
import { toApiObject } from '../object/api-object.ts'
import type { CustomRules, PrinterColumn, ScalePaths } from '../object/custom-rules.ts'
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  valueAt,
} from '../object/json.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import type { Schema } from '../schema/schema.ts'
import { FieldTypeError, readTyped, type TypedObject } from '../schema/typed-body.ts'
import { fieldTypeOf } from './field-type.ts'
import { fillDefaults } from './fill-defaults.ts'
import { prune } from './prune.ts'
import { validateStatus, validateValue } from './validate-value.ts'

export interface Lifetime {
  readonly withdrawn: AbortSignal
  readonly terminating: () => boolean
}

/** The resources that an accepted definition makes: one for each version, served or not. */
export function customResourcesOf(definition: ApiObject, lifetime: Lifetime): readonly Resource[] {
  return listAt(definition, 'spec', 'versions').map((version) =>
    customResourceOf(definition, version, lifetime),
  )
}

function customResourceOf(definition: ApiObject, version: Json, lifetime: Lifetime): Resource {
  const spec = objectAt(definition, 'spec')
  const names = objectAt(definition, 'status', 'acceptedNames')
  const subresources = ['status', 'scale'].filter((each) => isObject(valueAt(version, 'subresources', each)))
  return {
    group: textAt(spec, 'group'),
    version: textAt(version, 'name'),
    kind: textAt(names, 'kind'),
    plural: textAt(names, 'plural'),
    singular: textAt(names, 'singular'),
    shortNames: listAt(names, 'shortNames').map(String),
    categories: listAt(names, 'categories').map(String),
    namespaced: textAt(spec, 'scope') === 'Namespaced',
    subresources,
    generation: true,
    unconditionalUpdate: false,
    createOnUpdate: false,
    selectableFields: listAt(version, 'selectableFields').map((each) =>
      textAt(each, 'jsonPath').replace(/^\./, ''),
    ),
    custom: customRulesOf(definition, version, lifetime),
  }
}

function customRulesOf(definition: ApiObject, version: Json, lifetime: Lifetime): CustomRules {
  const spec = objectAt(definition, 'spec')
  const names = objectAt(definition, 'status', 'acceptedNames')
  const node = objectAt(version, 'schema', 'openAPIV3Schema')
  const stored = listAt(spec, 'versions').find((each) => valueAt(each, 'storage') === true)
  let type: Schema | undefined
  return {
    ...lifetime,
    read: (body) => readCustom(body, node),
    validate: (next, current) => validateValue(next, node, current),
    validateStatus: (next, current) => validateStatus(next, node, current),
    type() {
      type ??= fieldTypeOf(node, textAt(names, 'kind'))
      return type
    },
    listKind: textAt(names, 'listKind'),
    storedApiVersion: apiVersionOf({ group: textAt(spec, 'group'), version: textAt(stored, 'name') }),
    scale: scaleOf(objectAt(version, 'subresources')),
    columns: listAt(version, 'additionalPrinterColumns').map(columnOf),
    openApiSchema: node,
  }
}

/** Metadata is typed as that of every kind; the rest is cut to the schema and filled with its defaults. */
function readCustom(body: JsonObject, node: JsonObject): TypedObject {
  const { metadata: given, ...rest } = body
  const head = readHead({ kind: 'CustomResource', ...(given === undefined ? {} : { metadata: given }) })
  const dropped: string[] = []
  const pruned = prune(rest, node, dropped)
  const object = toApiObject({ ...fillDefaults(pruned, node), metadata: head.object.metadata })
  return { object, unknownFields: [...head.unknownFields, ...dropped] }
}

/** The decoder meets metadata alone, and names its fields so. */
function readHead(head: JsonObject): TypedObject {
  try {
    return readTyped(head, 'CustomResource')
  } catch (error) {
    if (!(error instanceof FieldTypeError)) throw error
    throw new FieldTypeError(error.message.replace('ObjectMeta.metadata.', 'ObjectMeta.'))
  }
}

function scaleOf({ scale }: JsonObject): ScalePaths | undefined {
  if (!isObject(scale)) return undefined
  return {
    specReplicas: textAt(scale, 'specReplicasPath'),
    statusReplicas: textAt(scale, 'statusReplicasPath'),
    labelSelector: textAt(scale, 'labelSelectorPath') || undefined,
  }
}

function columnOf(column: Json): PrinterColumn {
  return {
    name: textAt(column, 'name'),
    type: textAt(column, 'type'),
    format: textAt(column, 'format'),
    description: textAt(column, 'description'),
    priority: numberAt(column, 'priority') ?? 0,
    jsonPath: textAt(column, 'jsonPath'),
  }
}
