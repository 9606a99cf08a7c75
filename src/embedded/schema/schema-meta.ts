// The types of metadata and of references, in the notation of schema.ts (field names, order and flags as in
// k8s.io/apimachinery/pkg/apis/meta/v1 and k8s.io/api/core/v1 of 1.36).

/** What every object begins with. */
export const OBJECT = 'kind:string apiVersion:string metadata:ObjectMeta'

export const META_TYPES = {
  ObjectMeta: `
    name:string generateName:string namespace:string selfLink:string uid:string resourceVersion:string
    generation:integer creationTimestamp:time deletionTimestamp:time? deletionGracePeriodSeconds:integer?
    labels:string{} annotations:string{} ownerReferences:OwnerReference[uid] finalizers:string[=]
    managedFields:ManagedFieldsEntry[]?
  `,
  DeleteOptions: `
    kind:string apiVersion:string gracePeriodSeconds:integer? preconditions:Preconditions?
    orphanDependents:boolean? propagationPolicy:string? dryRun:string[]
    ignoreStoreReadErrorWithClusterBreakingPotential:boolean?
  `,
  Preconditions: 'uid:string? resourceVersion:string?',
  OwnerReference: `
    atomic apiVersion:string! kind:string! name:string! uid:string! controller:boolean?
    blockOwnerDeletion:boolean?
  `,
  ManagedFieldsEntry: `
    manager:string operation:string apiVersion:string time:time? fieldsType:string fieldsV1:any?
    subresource:string
  `,
  ObjectReference: `
    atomic kind:string namespace:string name:string uid:string apiVersion:string resourceVersion:string
    fieldPath:string
  `,
  LocalObjectReference: 'atomic name:string',
  TypedLocalObjectReference: 'atomic apiGroup:string?! kind:string! name:string!',
  TypedObjectReference: 'apiGroup:string?! kind:string! name:string! namespace:string?',
  LabelSelector: 'atomic matchLabels:string{} matchExpressions:LabelSelectorRequirement[]',
  LabelSelectorRequirement: 'key:string! operator:string! values:string[]',
  Condition: `
    type:string! status:string! observedGeneration:integer lastTransitionTime:time! reason:string!
    message:string!
  `,
}
