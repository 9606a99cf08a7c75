// How everything is shown that is neither a pod nor a workload (pkg/printers/internalversion of 1.36).
import type { ApiObject } from '../object/api-object.ts'
import { isObject, type Json, listAt, numberAt, objectAt, textAt, valueAt } from '../object/json.ts'
import { ageOf, labelsText, NONE, since, UNKNOWN } from './cells.ts'
import { type Printer, printer } from './columns.ts'

const BINDING: Printer = printer('Name, Role, Age, Users@, Groups@, ServiceAccounts@', (object, now) => [
  nameOf(object),
  `${textAt(object, 'roleRef', 'kind')}/${textAt(object, 'roleRef', 'name')}`,
  ageOf(object, now),
  ...['User', 'Group', 'ServiceAccount'].map((kind) => subjectsText(object, kind)),
])

/** Of a kind that nobody made a printer for. */
export const DEFAULT_PRINTER: Printer = printer('Name, Created At:date', (object) => [
  nameOf(object),
  object.metadata.creationTimestamp ?? null,
])

/** Printers by kind. */
export const CONFIG_PRINTERS: Readonly<Record<string, Printer>> = {
  ClusterRoleBinding: BINDING,
  ConfigMap: printer('Name, Data, Age', (object, now) => [
    nameOf(object),
    sizeOf(object, 'data') + sizeOf(object, 'binaryData'),
    ageOf(object, now),
  ]),
  Event: printer(
    'Last Seen, Type, Reason, Object, Subobject@, Source@, Message, First Seen@, Count@, Name@',
    eventCells,
  ),
  Lease: printer('Name, Holder, Age', (object, now) => [
    nameOf(object),
    textAt(object, 'spec', 'holderIdentity'),
    ageOf(object, now),
  ]),
  Namespace: printer('Name, Status, Age', (object, now) => [
    nameOf(object),
    textAt(object, 'status', 'phase'),
    ageOf(object, now),
  ]),
  Node: printer(
    'Name, Status, Roles, Age, Version, Internal-IP@, External-IP@, OS-Image@, Kernel-Version@, Container-Runtime@',
    nodeCells,
  ),
  RoleBinding: BINDING,
  Secret: printer('Name, Type, Data, Age', (object, now) => [
    nameOf(object),
    textAt(object, 'type'),
    sizeOf(object, 'data'),
    ageOf(object, now),
  ]),
  Service: printer('Name, Type, Cluster-IP, External-IP, Port(s), Age, Selector@', serviceCells),
  ServiceAccount: printer('Name, Age', (object, now) => [nameOf(object), ageOf(object, now)]),
}

function nameOf({ metadata }: ApiObject): string {
  return metadata.name ?? ''
}

function sizeOf(object: ApiObject, key: string): number {
  return Object.keys(objectAt(object, key)).length
}

function subjectsText(binding: ApiObject, kind: string): string {
  const subjects = listAt(binding, 'subjects').filter((each) => textAt(each, 'kind') === kind)
  const names = subjects.map((each) =>
    kind === 'ServiceAccount' ? `${textAt(each, 'namespace')}/${textAt(each, 'name')}` : textAt(each, 'name'),
  )
  return names.join(', ')
}

function eventCells(event: ApiObject, now: Date): readonly Json[] {
  const first = since(valueAt(event, 'firstTimestamp') ?? valueAt(event, 'eventTime'), now)
  const last = valueAt(event, 'lastTimestamp')
  const series = valueAt(event, 'series')
  const inSeries = isObject(series)
  return [
    inSeries ? since(series.lastObservedTime, now) : typeof last === 'string' ? since(last, now) : first,
    textAt(event, 'type'),
    textAt(event, 'reason'),
    targetText(event),
    textAt(event, 'involvedObject', 'fieldPath'),
    sourceText(event),
    textAt(event, 'message').trim(),
    first,
    inSeries ? (numberAt(series, 'count') ?? 0) : (numberAt(event, 'count') ?? 1),
    nameOf(event),
  ]
}

function targetText(event: ApiObject): string {
  const kind = textAt(event, 'involvedObject', 'kind').toLowerCase()
  const name = textAt(event, 'involvedObject', 'name')
  return name === '' ? kind : `${kind}/${name}`
}

function sourceText(event: ApiObject): string {
  const component = textAt(event, 'source', 'component') || textAt(event, 'reportingComponent')
  const host = textAt(event, 'source', 'host') || textAt(event, 'reportingInstance')
  return host === '' ? component : `${component}, ${host}`
}

function serviceCells(service: ApiObject, now: Date): readonly Json[] {
  const spec = objectAt(service, 'spec')
  const type = textAt(spec, 'type')
  const outside = listAt(spec, 'externalIPs').map(String).join(',')
  return [
    nameOf(service),
    type,
    textAt(spec, 'clusterIP') || NONE,
    type === 'ExternalName' ? textAt(spec, 'externalName') : outside || externalDefault(type),
    listAt(spec, 'ports').map(portText).join(',') || NONE,
    ageOf(service, now),
    labelsText(spec.selector),
  ]
}

/** Nothing here gives a load balancer an address. */
function externalDefault(type: string): string {
  return type === 'LoadBalancer' ? '<pending>' : NONE
}

function portText(port: Json): string {
  const node = numberAt(port, 'nodePort') ?? 0
  const ports = node > 0 ? `${numberAt(port, 'port')}:${node}` : String(numberAt(port, 'port'))
  return `${ports}/${textAt(port, 'protocol')}`
}

function nodeCells(node: ApiObject, now: Date): readonly Json[] {
  const about = objectAt(node, 'status', 'nodeInfo')
  const architecture = textAt(about, 'architecture')
  return [
    nameOf(node),
    nodeStatus(node),
    nodeRoles(node) || NONE,
    ageOf(node, now),
    textAt(about, 'kubeletVersion'),
    addressOf(node, 'InternalIP'),
    addressOf(node, 'ExternalIP'),
    textAt(about, 'osImage') || UNKNOWN,
    `${textAt(about, 'kernelVersion') || UNKNOWN}${architecture === '' ? '' : ` (${architecture})`}`,
    textAt(about, 'containerRuntimeVersion') || UNKNOWN,
  ]
}

function nodeStatus(node: ApiObject): string {
  const ready = listAt(node, 'status', 'conditions').find((each) => textAt(each, 'type') === 'Ready')
  const status = ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady'
  return valueAt(node, 'spec', 'unschedulable') === true ? `${status},SchedulingDisabled` : status
}

const ROLE_PREFIX = 'node-role.kubernetes.io/'

function nodeRoles({ metadata }: ApiObject): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key === 'kubernetes.io/role') return value
    return key.startsWith(ROLE_PREFIX) ? key.slice(ROLE_PREFIX.length) : []
  })
  return [...new Set(roles.filter((each) => each !== ''))].toSorted().join(',')
}

function addressOf(node: ApiObject, type: string): string {
  const found = listAt(node, 'status', 'addresses').find((each) => textAt(each, 'type') === type)
  return textAt(found, 'address') || NONE
}
