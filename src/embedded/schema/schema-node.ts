// The types of nodes, in the notation of schema.ts (k8s.io/api/core/v1 of 1.36).
import { OBJECT } from './schema-meta.ts'

export const NODE_TYPES = {
  Node: `${OBJECT} spec:NodeSpec status:NodeStatus`,
  NodeSpec: `
    podCIDR:string podCIDRs:string[=] providerID:string unschedulable:boolean taints:Taint[]
    externalID:string
  `,
  Taint: 'key:string! value:string effect:string! timeAdded:time?',
  NodeStatus: `
    capacity:quantity{} allocatable:quantity{} phase:string conditions:NodeCondition[type]
    addresses:NodeAddress[type] daemonEndpoints:NodeDaemonEndpoints nodeInfo:NodeSystemInfo
    images:ContainerImage[] volumesInUse:string[]
  `,
  NodeCondition: `
    type:string! status:string! lastHeartbeatTime:time lastTransitionTime:time reason:string message:string
  `,
  NodeAddress: 'type:string! address:string!',
  NodeDaemonEndpoints: 'kubeletEndpoint:DaemonEndpoint',
  DaemonEndpoint: 'Port:integer!',
  NodeSystemInfo: `
    machineID:string! systemUUID:string! bootID:string! kernelVersion:string! osImage:string!
    containerRuntimeVersion:string! kubeletVersion:string! kubeProxyVersion:string!
    operatingSystem:string! architecture:string!
  `,
  ContainerImage: 'names:string[]! sizeBytes:integer',
}
