// A custom resource of several versions is stored under one of them, and is in all of them the same but for its
// apiVersion: the conversion strategy `None`.
import { type ApiObject, toApiObject } from './api-object.ts'
import { apiVersionOf, type Resource } from './resources.ts'

/** The object as it is stored. */
export function asStored(object: ApiObject, resource: Resource): ApiObject {
  return withVersion(object, resource.custom?.storedApiVersion ?? object.apiVersion)
}

/** A stored object as the version of the request has it. */
export function asRequested(object: ApiObject, resource: Resource): ApiObject {
  return resource.custom === undefined ? object : withVersion(object, apiVersionOf(resource))
}

function withVersion(object: ApiObject, apiVersion: string): ApiObject {
  return object.apiVersion === apiVersion ? object : toApiObject({ ...object, apiVersion })
}
