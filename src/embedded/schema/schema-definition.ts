// The types of CustomResourceDefinitions and of what every custom resource has, in the notation of schema.ts
// (k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1 of 1.36). A schema in a schema's list is not looked into.
import { OBJECT } from './schema-meta.ts'

export const DEFINITION_TYPES = {
  CustomResourceDefinition: `
    ${OBJECT} spec:CustomResourceDefinitionSpec status:CustomResourceDefinitionStatus
  `,
  CustomResourceDefinitionSpec: `
    group:string! names:CustomResourceDefinitionNames scope:string! versions:CustomResourceDefinitionVersion[]!
    conversion:CustomResourceConversion? preserveUnknownFields:boolean
  `,
  CustomResourceDefinitionNames: `
    plural:string! singular:string shortNames:string[] kind:string! listKind:string categories:string[]
  `,
  CustomResourceConversion: 'strategy:string! webhook:WebhookConversion?',
  WebhookConversion: 'clientConfig:WebhookClientConfig? conversionReviewVersions:string[]!',
  WebhookClientConfig: 'url:string? service:ServiceReference? caBundle:bytes',
  ServiceReference: 'namespace:string! name:string! path:string? port:integer?',
  CustomResourceDefinitionVersion: `
    name:string! served:boolean! storage:boolean! deprecated:boolean deprecationWarning:string?
    schema:CustomResourceValidation? subresources:CustomResourceSubresources?
    additionalPrinterColumns:CustomResourceColumnDefinition[] selectableFields:SelectableField[]
  `,
  CustomResourceValidation: 'openAPIV3Schema:JSONSchemaProps?',
  CustomResourceSubresources: 'status:any? scale:CustomResourceSubresourceScale?',
  CustomResourceSubresourceScale:
    'specReplicasPath:string! statusReplicasPath:string! labelSelectorPath:string?',
  CustomResourceColumnDefinition: `
    name:string! type:string! format:string description:string priority:integer jsonPath:string!
  `,
  SelectableField: 'jsonPath:string!',
  CustomResourceDefinitionStatus: `
    conditions:CustomResourceDefinitionCondition[type]-! acceptedNames:CustomResourceDefinitionNames
    storedVersions:string[]! observedGeneration:integer
  `,
  CustomResourceDefinitionCondition: `
    type:string! status:string! lastTransitionTime:time? reason:string message:string observedGeneration:integer
  `,
  JSONSchemaProps: `
    id:string $schema:string $ref:string? description:string type:string format:string title:string default:any?
    maximum:number? exclusiveMaximum:boolean minimum:number? exclusiveMinimum:boolean maxLength:integer?
    minLength:integer? pattern:string maxItems:integer? minItems:integer? uniqueItems:boolean multipleOf:number?
    enum:any[] maxProperties:integer? minProperties:integer? required:string[] items:any? allOf:JSONSchemaProps[]
    oneOf:JSONSchemaProps[] anyOf:JSONSchemaProps[] not:JSONSchemaProps? properties:JSONSchemaProps{}
    additionalProperties:any? patternProperties:JSONSchemaProps{} dependencies:any{} additionalItems:any?
    definitions:JSONSchemaProps{} externalDocs:ExternalDocumentation? example:any? nullable:boolean
    x-kubernetes-preserve-unknown-fields:boolean? x-kubernetes-embedded-resource:boolean
    x-kubernetes-int-or-string:boolean x-kubernetes-list-map-keys:string[] x-kubernetes-list-type:string?
    x-kubernetes-map-type:string? x-kubernetes-validations:ValidationRule[rule]
  `,
  ExternalDocumentation: 'description:string url:string',
  ValidationRule: `
    rule:string! message:string messageExpression:string reason:string? fieldPath:string optionalOldSelf:boolean?
  `,
  /** What the server looks into of every custom resource, whatever its definition says. */
  CustomResource: OBJECT,
}
