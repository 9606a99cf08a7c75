// The types of everything that is neither a pod nor a workload, in the notation of schema.ts
// (k8s.io/api/core/v1, coordination/v1 and rbac/v1 of 1.36).
import { OBJECT } from './schema-meta.ts'

export const CONFIG_TYPES = {
  ConfigMap: `${OBJECT} immutable:boolean? data:string{} binaryData:bytes{}`,
  Secret: `${OBJECT} immutable:boolean? data:bytes{} stringData:string{} type:string`,
  Event: `
    ${OBJECT} involvedObject:ObjectReference reason:string message:string source:EventSource
    firstTimestamp:time! lastTimestamp:time! count:integer type:string eventTime:microTime!
    series:EventSeries? action:string related:ObjectReference? reportingComponent:string!
    reportingInstance:string!
  `,
  EventSource: 'component:string host:string',
  EventSeries: 'count:integer lastObservedTime:microTime!',
  Namespace: `${OBJECT} spec:NamespaceSpec status:NamespaceStatus`,
  NamespaceSpec: 'finalizers:string[]',
  NamespaceStatus: 'phase:string conditions:NamespaceCondition[type]',
  NamespaceCondition: 'type:string! status:string! lastTransitionTime:time! reason:string message:string',
  ServiceAccount: `
    ${OBJECT} secrets:ObjectReference[name] imagePullSecrets:LocalObjectReference[]
    automountServiceAccountToken:boolean?
  `,
  Lease: `${OBJECT} spec:LeaseSpec`,
  LeaseSpec: `
    holderIdentity:string? leaseDurationSeconds:integer? acquireTime:microTime? renewTime:microTime?
    leaseTransitions:integer? strategy:string? preferredHolder:string?
  `,
  Role: `${OBJECT} rules:PolicyRule[]!`,
  PolicyRule: `
    verbs:string[]! apiGroups:string[] resources:string[] resourceNames:string[] nonResourceURLs:string[]
  `,
  ClusterRole: `${OBJECT} rules:PolicyRule[]! aggregationRule:AggregationRule?`,
  AggregationRule: 'clusterRoleSelectors:LabelSelector[]',
  RoleBinding: `${OBJECT} subjects:Subject[] roleRef:RoleRef`,
  Subject: 'atomic kind:string! apiGroup:string name:string! namespace:string',
  RoleRef: 'atomic apiGroup:string! kind:string! name:string!',
  ClusterRoleBinding: `${OBJECT} subjects:Subject[] roleRef:RoleRef`,
}
