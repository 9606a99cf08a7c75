// The scale subresource: how many replicas an object is to have and has, as an autoscaling/v1 Scale, whatever its kind.
import { firstAt } from '../custom/json-path.ts'
import { type ApiObject, storageKey, toApiObject, withMetadata } from '../object/api-object.ts'
import { invalidField } from '../object/field-problem.ts'
import { numberAt, textAt, valueAt, withValue } from '../object/json.ts'
import type { Resource } from '../object/resources.ts'
import { internalError, invalid, notFound } from '../object/status.ts'
import { NONE, selectorText } from '../print/cells.ts'
import { type PatchType, patchedValue } from './patch-object.ts'
import { readBody, readPatched } from './read-body.ts'
import { replaceObject, uidConflict } from './update-object.ts'
import { inRequestedPlace, type WriteRequest } from './write-request.ts'

/** Not in the table of resources, because no object of it ever exists by itself. */
const SCALE: Resource = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  singular: 'scale',
  shortNames: [],
  categories: [],
  namespaced: true,
  subresources: [],
  generation: false,
  unconditionalUpdate: true,
  createOnUpdate: false,
  selectableFields: [],
}

/** The Scale of an object. Throws 500 for a custom resource that does not say how many replicas it is to have. */
export function scaleOf(object: ApiObject, { custom }: Resource): ApiObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const paths = custom?.scale
  const wanted =
    paths === undefined ? numberAt(object, 'spec', 'replicas') : firstAt(object, paths.specReplicas)
  if (typeof wanted !== 'number') throw noReplicas(paths?.specReplicas ?? '.spec.replicas')
  const found =
    paths === undefined ? numberAt(object, 'status', 'replicas') : firstAt(object, paths.statusReplicas)
  const selector = selectorOf(object, custom?.scale?.labelSelector)
  return toApiObject({
    kind: SCALE.kind,
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: wanted === 0 ? {} : { replicas: wanted },
    status: {
      replicas: typeof found === 'number' ? found : 0,
      ...(selector === '' ? {} : { selector }),
    },
  })
}

function noReplicas(path: string): Error {
  return internalError(
    `Internal error occurred: the spec replicas field ${JSON.stringify(path)} does not exist`,
  )
}

function selectorOf(object: ApiObject, path: string | undefined): string {
  if (path !== undefined) return textAt(object, ...segmentsOf(path))
  const text = selectorText(valueAt(object, 'spec', 'selector'))
  return text === NONE ? '' : text
}

function segmentsOf(path: string): readonly string[] {
  return path.split('.').filter((each) => each !== '')
}

/** Replaces the Scale of the object of the URL. Throws 400, 404, 409, 422 or 500. */
export function updateScale(request: WriteRequest, text: string): ApiObject {
  const scale = inRequestedPlace(readBody(asScale(request), text), asScale(request).info)
  return rescale(request, currentOf(request), scale)
}

/** Patches the Scale of the object of the URL. Throws 400, 404, 409, 422 or 500. */
export function patchScale(request: WriteRequest, type: PatchType, text: string): ApiObject {
  const current = currentOf(request)
  const patched = patchedValue(type, scaleOf(current, request.info.resource), text)
  const scale = inRequestedPlace(readPatched(asScale(request), patched), asScale(request).info)
  return rescale(request, current, scale)
}

function currentOf({ store, info }: WriteRequest): ApiObject {
  const current = store.get(info.resource, storageKey(info.namespace, info.name))
  if (current === undefined) throw notFound(info.resource, info.name)
  return current
}

function asScale(request: WriteRequest): WriteRequest {
  return { ...request, info: { ...request.info, resource: SCALE } }
}

function rescale(request: WriteRequest, current: ApiObject, scale: ApiObject): ApiObject {
  const { info } = request
  const replicas = numberAt(scale, 'spec', 'replicas') ?? 0
  if (replicas < 0) throw negative(info.name, replicas)
  const { uid = '', resourceVersion } = scale.metadata
  const { uid: found = '', resourceVersion: version } = current.metadata
  if (uid !== '' && uid !== found) throw uidConflict(info, { wanted: uid, found })
  const path = segmentsOf(info.resource.custom?.scale?.specReplicas ?? 'spec.replicas')
  const scaled = toApiObject(withValue(current, path, replicas))
  const proposed = withMetadata(scaled, { resourceVersion: resourceVersion || version })
  return scaleOf(replaceObject(request, proposed, current), info.resource)
}

function negative(name: string, replicas: number): Error {
  const why = 'must be greater than or equal to 0'
  return invalid({ group: SCALE.group, kind: SCALE.kind, name }, [
    invalidField('spec.replicas', replicas, why),
  ])
}
