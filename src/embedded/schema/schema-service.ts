// The types of Services, in the notation of schema.ts (k8s.io/api/core/v1 of 1.36). Nothing acts on a Service.
import { OBJECT } from './schema-meta.ts'

export const SERVICE_TYPES = {
  Service: `${OBJECT} spec:ServiceSpec status:ServiceStatus`,
  ServiceSpec: `
    ports:ServicePort[port,protocol] selector:string{=} clusterIP:string clusterIPs:string[] type:string
    externalIPs:string[] sessionAffinity:string loadBalancerIP:string loadBalancerSourceRanges:string[]
    externalName:string externalTrafficPolicy:string healthCheckNodePort:integer
    publishNotReadyAddresses:boolean sessionAffinityConfig:SessionAffinityConfig? ipFamilies:string[]
    ipFamilyPolicy:string? allocateLoadBalancerNodePorts:boolean? loadBalancerClass:string?
    internalTrafficPolicy:string? trafficDistribution:string?
  `,
  ServicePort: `
    name:string protocol:string appProtocol:string? port:integer! targetPort:intOrString! nodePort:integer
  `,
  SessionAffinityConfig: 'clientIP:ClientIPConfig?',
  ClientIPConfig: 'timeoutSeconds:integer?',
  ServiceStatus: 'loadBalancer:LoadBalancerStatus conditions:Condition[type]',
  LoadBalancerStatus: 'ingress:LoadBalancerIngress[]',
  LoadBalancerIngress: 'ip:string hostname:string ipMode:string? ports:PortStatus[]',
  PortStatus: 'port:integer! protocol:string! error:string?',
}
