// DELETE of a CustomResourceDefinition: it is marked, and stays until its last object has gone.
import { type ApiObject, toApiObject, withMetadata } from '../object/api-object.ts'
import { listAt, objectAt } from '../object/json.ts'
import { toTime } from '../schema/scalar.ts'

/** Holds a definition until its objects are deleted. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io'

/** The definition as it waits for its deletion. */
export function withTermination(definition: ApiObject, now: Date): ApiObject {
  const { finalizers = [] } = definition.metadata
  const marked = withMetadata(definition, {
    deletionTimestamp: toTime(now),
    finalizers: [...finalizers.filter((each) => each !== CLEANUP_FINALIZER), CLEANUP_FINALIZER],
  })
  const status = objectAt(definition, 'status')
  const condition = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: toTime(now),
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  }
  return toApiObject({
    ...marked,
    status: { ...status, conditions: [...listAt(status, 'conditions'), condition] },
  })
}
