// The types of nodes, in the notation of schema.ts (k8s.io/api/core/v1 of 1.36).
import { OBJECT } from './schema-meta.ts'

export const NODE_TYPES = {
  Node: `${OBJECT} spec:NodeSpec status:NodeStatus`,
  NodeSpec: `
    podCIDR:string podCIDRs:string[=] providerID:string unschedulable:boolean taints:Taint[]
    configSource:NodeConfigSource? externalID:string
  `,
  Taint: 'key:string! value:string effect:string! timeAdded:time?',
  NodeConfigSource: 'configMap:ConfigMapNodeConfigSource?',
  ConfigMapNodeConfigSource: `
    namespace:string! name:string! uid:string resourceVersion:string kubeletConfigKey:string!
  `,
  NodeStatus: `
    capacity:quantity{} allocatable:quantity{} phase:string conditions:NodeCondition[type]
    addresses:NodeAddress[type] daemonEndpoints:NodeDaemonEndpoints nodeInfo:NodeSystemInfo
    images:ContainerImage[] volumesInUse:string[] volumesAttached:AttachedVolume[] config:NodeConfigStatus?
    runtimeHandlers:NodeRuntimeHandler[] features:NodeFeatures? declaredFeatures:string[]
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
    operatingSystem:string! architecture:string! swap:NodeSwapStatus?
  `,
  NodeSwapStatus: 'capacity:integer?',
  ContainerImage: 'names:string[]! sizeBytes:integer',
  AttachedVolume: 'name:string! devicePath:string!',
  NodeConfigStatus: `
    assigned:NodeConfigSource? active:NodeConfigSource? lastKnownGood:NodeConfigSource? error:string
  `,
  NodeRuntimeHandler: 'name:string features:NodeRuntimeHandlerFeatures?',
  NodeRuntimeHandlerFeatures: 'recursiveReadOnlyMounts:boolean? userNamespaces:boolean?',
  NodeFeatures: 'supplementalGroupsPolicy:boolean?',
}
