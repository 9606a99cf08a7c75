// What a CustomResourceDefinition says of its resource, as functions: the place where the rules of a custom resource meet
// those that hold for every resource.
import type { Schema } from '../schema/schema.ts'
import type { TypedObject } from '../schema/typed-body.ts'
import type { ApiObject } from './api-object.ts'
import type { FieldProblem } from './field-problem.ts'
import type { JsonObject } from './json.ts'

/** Where a custom resource keeps what its scale subresource shows: JSON paths such as `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicas: string
  readonly statusReplicas: string
  readonly labelSelector: string | undefined
}

/** A column that a definition asks for. */
export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
  readonly jsonPath: string
}

export interface CustomRules {
  /** A body as an object: pruned to the schema, with its defaults. Throws a FieldTypeError for metadata of a wrong type. */
  readonly read: (body: JsonObject) => TypedObject
  /** What is wrong with a new object, or with the next state of a present one, where what is unchanged is let be. */
  readonly validate: (next: ApiObject, current?: ApiObject) => readonly FieldProblem[]
  /** What is wrong with the status that is written over that of a present object. */
  readonly validateStatus: (next: ApiObject, current: ApiObject) => readonly FieldProblem[]
  /** The type by which its fields are owned. */
  readonly type: () => Schema
  readonly listKind: string
  /** The apiVersion under which objects are stored; through another version they are read and written as of that one. */
  readonly storedApiVersion: string
  readonly scale: ScalePaths | undefined
  readonly columns: readonly PrinterColumn[]
  /** The openAPIV3Schema as it stands in the definition. */
  readonly openApiSchema: JsonObject
  /** Aborts when the resource is not served any more, or not in this way. */
  readonly withdrawn: AbortSignal
  /** Whether its definition is being deleted: nothing is created any more. */
  readonly terminating: () => boolean
}
