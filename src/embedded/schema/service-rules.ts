// What the server adds to Services, and what is wrong with one (pkg/registry/core/service and pkg/apis/core/validation of
// 1.36). Addresses and node ports are made up; nothing listens there.
import { randomInt } from 'node:crypto'
import { type ApiObject, toApiObject } from '../object/api-object.ts'
import { type FieldProblem, invalidField, requiredField, unsupportedField } from '../object/field-problem.ts'
import { type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../object/json.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const HEADLESS = 'None'

/** Gives a new Service its address. */
export function withAddress(service: ApiObject): ApiObject {
  const spec = objectAt(service, 'spec')
  if (textAt(spec, 'type') === 'ExternalName') return service
  const clusterIP = textAt(spec, 'clusterIP') || `10.96.${randomInt(1, 255)}.${randomInt(1, 255)}`
  const families = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }
  const ports = listAt(spec, 'ports').map((each) => withNodePort(each, textAt(spec, 'type')))
  const addressed = { ...families, ...spec, clusterIP, clusterIPs: [clusterIP] }
  return toApiObject({ ...service, spec: ports.length === 0 ? addressed : { ...addressed, ports } })
}

/** The address of a Service stays, also where a replacement does not repeat it. */
export function keepAddress(next: ApiObject, current: ApiObject): ApiObject {
  const kept = objectAt(current, 'spec')
  const spec = objectAt(next, 'spec')
  if (textAt(spec, 'clusterIP') !== '' || textAt(kept, 'clusterIP') === '') return withAddress(next)
  const { clusterIP, clusterIPs } = kept
  return withAddress(toApiObject({ ...next, spec: { ...spec, clusterIP, clusterIPs } }))
}

function withNodePort(port: Json, type: string): JsonObject {
  const body = objectAt(port)
  if (!['NodePort', 'LoadBalancer'].includes(type) || (numberAt(port, 'nodePort') ?? 0) > 0) return body
  return { ...body, nodePort: randomInt(30_000, 32_768) }
}

/** The fields that depend on others. */
export function serviceSpecDefaults(spec: JsonObject): JsonObject {
  const type = textAt(spec, 'type') || 'ClusterIP'
  const outside = ['NodePort', 'LoadBalancer'].includes(type)
  return {
    type,
    sessionAffinity: 'None',
    ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' }),
    ...(outside ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
  }
}

/** A port is for TCP, and leads to the same port of the pods. */
export function servicePortDefaults(port: JsonObject): JsonObject {
  return { protocol: 'TCP', ...(port.targetPort === 0 ? { targetPort: port.port ?? 0 } : {}) }
}

/** What is wrong with a Service. */
export function validateService(service: ApiObject): readonly FieldProblem[] {
  const spec = objectAt(service, 'spec')
  const type = textAt(spec, 'type')
  const ports = listAt(spec, 'ports')
  const bare = type === 'ExternalName' || textAt(spec, 'clusterIP') === HEADLESS
  return [
    ...(TYPES.includes(type) ? [] : [unsupportedField('spec.type', type, TYPES)]),
    ...(ports.length === 0 && !bare ? [requiredField('spec.ports')] : []),
    ...ports.flatMap((each, i) => validatePort(each, `spec.ports[${i}]`, ports.length > 1)),
    ...(type === 'ExternalName' && textAt(spec, 'externalName') === ''
      ? [requiredField('spec.externalName')]
      : []),
  ]
}

function validatePort(port: Json, path: string, several: boolean): readonly FieldProblem[] {
  const numbers = ['port', 'targetPort'].flatMap((key): [string, number][] => {
    const number = numberAt(port, key)
    return number === undefined || (number >= 1 && number <= 65_535) ? [] : [[key, number]]
  })
  return [
    ...(several && textAt(port, 'name') === '' ? [requiredField(`${path}.name`)] : []),
    ...numbers.map(([key, number]) =>
      invalidField(`${path}.${key}`, number, 'must be between 1 and 65535, inclusive'),
    ),
  ]
}
