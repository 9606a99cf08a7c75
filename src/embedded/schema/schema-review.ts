// The types of questions and requests that are answered and never stored, in the notation of schema.ts
// (k8s.io/api/authorization/v1 and authentication/v1 of 1.36).
import { OBJECT } from './schema-meta.ts'

export const REVIEW_TYPES = {
  SelfSubjectAccessReview: `${OBJECT} spec:SelfSubjectAccessReviewSpec status:SubjectAccessReviewStatus`,
  SelfSubjectAccessReviewSpec: `
    resourceAttributes:ResourceAttributes? nonResourceAttributes:NonResourceAttributes?
  `,
  ResourceAttributes: `
    namespace:string verb:string group:string version:string resource:string subresource:string name:string
    fieldSelector:FieldSelectorAttributes? labelSelector:LabelSelectorAttributes?
  `,
  FieldSelectorAttributes: 'rawSelector:string requirements:FieldSelectorRequirement[]',
  FieldSelectorRequirement: 'key:string! operator:string! values:string[]',
  LabelSelectorAttributes: 'rawSelector:string requirements:LabelSelectorRequirement[]',
  NonResourceAttributes: 'path:string verb:string',
  SubjectAccessReviewStatus: 'allowed:boolean! denied:boolean reason:string evaluationError:string',
  SelfSubjectRulesReview: `${OBJECT} spec:SelfSubjectRulesReviewSpec status:SubjectRulesReviewStatus`,
  SelfSubjectRulesReviewSpec: 'namespace:string',
  SubjectRulesReviewStatus: `
    resourceRules:ResourceRule[]! nonResourceRules:NonResourceRule[]! incomplete:boolean! evaluationError:string
  `,
  ResourceRule: 'verbs:string[]! apiGroups:string[] resources:string[] resourceNames:string[]',
  NonResourceRule: 'verbs:string[]! nonResourceURLs:string[]',
  TokenRequest: `${OBJECT} spec:TokenRequestSpec status:TokenRequestStatus`,
  TokenRequestSpec: 'audiences:string[]! expirationSeconds:integer? boundObjectRef:BoundObjectReference?',
  BoundObjectReference: 'kind:string apiVersion:string name:string uid:string',
  TokenRequestStatus: 'token:string! expirationTimestamp:time!',
}
