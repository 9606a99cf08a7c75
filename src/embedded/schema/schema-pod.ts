// The types of a pod, without its volumes, in the notation of schema.ts (k8s.io/api/core/v1 of 1.36).
import { OBJECT } from './schema-meta.ts'

export const POD_TYPES = {
  Pod: `${OBJECT} spec:PodSpec status:PodStatus`,
  PodSpec: `
    volumes:Volume[name]~ initContainers:Container[name] containers:Container[name]!
    ephemeralContainers:EphemeralContainer[name] restartPolicy:string
    terminationGracePeriodSeconds:integer? activeDeadlineSeconds:integer? dnsPolicy:string
    nodeSelector:string{=} serviceAccountName:string serviceAccount:string
    automountServiceAccountToken:boolean? nodeName:string hostNetwork:boolean hostPID:boolean
    hostIPC:boolean shareProcessNamespace:boolean? securityContext:PodSecurityContext?
    imagePullSecrets:LocalObjectReference[name] hostname:string subdomain:string affinity:Affinity?
    schedulerName:string tolerations:Toleration[] hostAliases:HostAlias[ip] priorityClassName:string
    priority:integer? dnsConfig:PodDNSConfig? readinessGates:PodReadinessGate[] runtimeClassName:string?
    enableServiceLinks:boolean? preemptionPolicy:string? overhead:quantity{}
    topologySpreadConstraints:TopologySpreadConstraint[topologyKey,whenUnsatisfiable]
    setHostnameAsFQDN:boolean? os:PodOS? hostUsers:boolean? schedulingGates:PodSchedulingGate[name]
    resourceClaims:PodResourceClaim[name]~ resources:ResourceRequirements? hostnameOverride:string?
    schedulingGroup:PodSchedulingGroup?
  `,
  ObjectFieldSelector: 'atomic apiVersion:string fieldPath:string!',
  ResourceFieldSelector: 'atomic containerName:string resource:string! divisor:quantity!',
  Container: `
    name:string! image:string command:string[] args:string[] workingDir:string
    ports:ContainerPort[containerPort,protocol] envFrom:EnvFromSource[] env:EnvVar[name]
    resources:ResourceRequirements resizePolicy:ContainerResizePolicy[] restartPolicy:string?
    restartPolicyRules:ContainerRestartRule[] volumeMounts:VolumeMount[mountPath]
    volumeDevices:VolumeDevice[devicePath] livenessProbe:Probe? readinessProbe:Probe? startupProbe:Probe?
    lifecycle:Lifecycle? terminationMessagePath:string terminationMessagePolicy:string
    imagePullPolicy:string securityContext:SecurityContext? stdin:boolean stdinOnce:boolean tty:boolean
  `,
  ContainerPort: 'name:string hostPort:integer containerPort:integer! protocol:string hostIP:string',
  EnvFromSource: 'prefix:string configMapRef:ConfigMapEnvSource? secretRef:SecretEnvSource?',
  ConfigMapEnvSource: 'name:string optional:boolean?',
  SecretEnvSource: 'name:string optional:boolean?',
  EnvVar: 'name:string! value:string valueFrom:EnvVarSource?',
  EnvVarSource: `
    fieldRef:ObjectFieldSelector? resourceFieldRef:ResourceFieldSelector?
    configMapKeyRef:ConfigMapKeySelector? secretKeyRef:SecretKeySelector? fileKeyRef:FileKeySelector?
  `,
  ConfigMapKeySelector: 'atomic name:string key:string! optional:boolean?',
  SecretKeySelector: 'atomic name:string key:string! optional:boolean?',
  FileKeySelector: 'atomic volumeName:string! path:string! key:string! optional:boolean?',
  ResourceRequirements: 'limits:quantity{} requests:quantity{} claims:ResourceClaim[name]-',
  ResourceClaim: 'name:string! request:string',
  ContainerResizePolicy: 'resourceName:string! restartPolicy:string!',
  ContainerRestartRule: 'action:string exitCodes:ContainerRestartRuleOnExitCodes?',
  ContainerRestartRuleOnExitCodes: 'operator:string values:integer[=]-',
  VolumeMount: `
    name:string! readOnly:boolean recursiveReadOnly:string? mountPath:string! subPath:string
    mountPropagation:string? subPathExpr:string
  `,
  VolumeDevice: 'name:string! devicePath:string!',
  Probe: `
    exec:ExecAction? httpGet:HTTPGetAction? tcpSocket:TCPSocketAction? grpc:GRPCAction?
    initialDelaySeconds:integer timeoutSeconds:integer periodSeconds:integer successThreshold:integer
    failureThreshold:integer terminationGracePeriodSeconds:integer?
  `,
  ExecAction: 'command:string[]',
  HTTPGetAction: 'path:string port:intOrString! host:string scheme:string httpHeaders:HTTPHeader[]',
  HTTPHeader: 'name:string! value:string!',
  TCPSocketAction: 'port:intOrString! host:string',
  GRPCAction: 'port:integer! service:string?',
  Lifecycle: 'postStart:LifecycleHandler? preStop:LifecycleHandler? stopSignal:string?',
  LifecycleHandler: 'exec:ExecAction? httpGet:HTTPGetAction? tcpSocket:TCPSocketAction? sleep:SleepAction?',
  SleepAction: 'seconds:integer!',
  SecurityContext: `
    capabilities:Capabilities? privileged:boolean? seLinuxOptions:SELinuxOptions?
    windowsOptions:WindowsSecurityContextOptions? runAsUser:integer? runAsGroup:integer?
    runAsNonRoot:boolean? readOnlyRootFilesystem:boolean? allowPrivilegeEscalation:boolean?
    procMount:string? seccompProfile:SeccompProfile? appArmorProfile:AppArmorProfile?
  `,
  Capabilities: 'add:string[] drop:string[]',
  SELinuxOptions: 'user:string role:string type:string level:string',
  WindowsSecurityContextOptions: `
    gmsaCredentialSpecName:string? gmsaCredentialSpec:string? runAsUserName:string? hostProcess:boolean?
  `,
  SeccompProfile: 'type:string! localhostProfile:string?',
  AppArmorProfile: 'type:string! localhostProfile:string?',
  EphemeralContainer: `
    name:string! image:string command:string[] args:string[] workingDir:string
    ports:ContainerPort[containerPort,protocol] envFrom:EnvFromSource[] env:EnvVar[name]
    resources:ResourceRequirements resizePolicy:ContainerResizePolicy[] restartPolicy:string?
    restartPolicyRules:ContainerRestartRule[] volumeMounts:VolumeMount[mountPath]
    volumeDevices:VolumeDevice[devicePath] livenessProbe:Probe? readinessProbe:Probe? startupProbe:Probe?
    lifecycle:Lifecycle? terminationMessagePath:string terminationMessagePolicy:string
    imagePullPolicy:string securityContext:SecurityContext? stdin:boolean stdinOnce:boolean tty:boolean
    targetContainerName:string
  `,
  PodSecurityContext: `
    seLinuxOptions:SELinuxOptions? windowsOptions:WindowsSecurityContextOptions? runAsUser:integer?
    runAsGroup:integer? runAsNonRoot:boolean? supplementalGroups:integer[]
    supplementalGroupsPolicy:string? fsGroup:integer? sysctls:Sysctl[] fsGroupChangePolicy:string?
    seccompProfile:SeccompProfile? appArmorProfile:AppArmorProfile? seLinuxChangePolicy:string?
  `,
  Sysctl: 'name:string! value:string!',
  Affinity: 'nodeAffinity:NodeAffinity? podAffinity:PodAffinity? podAntiAffinity:PodAntiAffinity?',
  NodeAffinity: `
    requiredDuringSchedulingIgnoredDuringExecution:NodeSelector?
    preferredDuringSchedulingIgnoredDuringExecution:PreferredSchedulingTerm[]
  `,
  NodeSelector: 'atomic nodeSelectorTerms:NodeSelectorTerm[]!',
  NodeSelectorTerm: `
    atomic matchExpressions:NodeSelectorRequirement[] matchFields:NodeSelectorRequirement[]
  `,
  NodeSelectorRequirement: 'key:string! operator:string! values:string[]',
  PreferredSchedulingTerm: 'weight:integer! preference:NodeSelectorTerm',
  PodAffinity: `
    requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[]
    preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]
  `,
  PodAffinityTerm: `
    labelSelector:LabelSelector? namespaces:string[] topologyKey:string! namespaceSelector:LabelSelector?
    matchLabelKeys:string[] mismatchLabelKeys:string[]
  `,
  WeightedPodAffinityTerm: 'weight:integer! podAffinityTerm:PodAffinityTerm',
  PodAntiAffinity: `
    requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[]
    preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]
  `,
  Toleration: 'key:string operator:string value:string effect:string tolerationSeconds:integer?',
  HostAlias: 'ip:string! hostnames:string[]',
  PodDNSConfig: 'nameservers:string[] searches:string[] options:PodDNSConfigOption[]',
  PodDNSConfigOption: 'name:string value:string?',
  PodReadinessGate: 'conditionType:string!',
  TopologySpreadConstraint: `
    maxSkew:integer! topologyKey:string! whenUnsatisfiable:string! labelSelector:LabelSelector?
    minDomains:integer? nodeAffinityPolicy:string? nodeTaintsPolicy:string? matchLabelKeys:string[]
  `,
  PodOS: 'name:string!',
  PodSchedulingGate: 'name:string!',
  PodResourceClaim: 'name:string! resourceClaimName:string? resourceClaimTemplateName:string?',
  PodSchedulingGroup: 'podGroupName:string?',
  PodStatus: `
    observedGeneration:integer phase:string conditions:PodCondition[type] message:string reason:string
    nominatedNodeName:string hostIP:string hostIPs:HostIP[]+ip podIP:string podIPs:PodIP[ip]
    startTime:time? initContainerStatuses:ContainerStatus[] containerStatuses:ContainerStatus[]
    qosClass:string ephemeralContainerStatuses:ContainerStatus[] resize:string
    resourceClaimStatuses:PodResourceClaimStatus[name]~
    extendedResourceClaimStatus:PodExtendedResourceClaimStatus? allocatedResources:quantity{}
    resources:ResourceRequirements?
    nodeAllocatableResourceClaimStatuses:NodeAllocatableResourceClaimStatus[]
  `,
  PodCondition: `
    type:string! observedGeneration:integer status:string! lastProbeTime:time! lastTransitionTime:time!
    reason:string message:string
  `,
  HostIP: 'ip:string!',
  PodIP: 'ip:string!',
  ContainerStatus: `
    name:string! state:ContainerState lastState:ContainerState ready:boolean! restartCount:integer!
    image:string! imageID:string! containerID:string started:boolean? allocatedResources:quantity{}
    resources:ResourceRequirements? volumeMounts:VolumeMountStatus[mountPath] user:ContainerUser?
    allocatedResourcesStatus:ResourceStatus[name] stopSignal:string?
  `,
  ContainerState: `
    waiting:ContainerStateWaiting? running:ContainerStateRunning? terminated:ContainerStateTerminated?
  `,
  ContainerStateWaiting: 'reason:string message:string',
  ContainerStateRunning: 'startedAt:time!',
  ContainerStateTerminated: `
    exitCode:integer! signal:integer reason:string message:string startedAt:time! finishedAt:time!
    containerID:string
  `,
  VolumeMountStatus: `
    name:string! mountPath:string! readOnly:boolean recursiveReadOnly:string? volumeStatus:VolumeStatus?
  `,
  VolumeStatus: 'image:ImageVolumeStatus?',
  ImageVolumeStatus: 'imageRef:string',
  ContainerUser: 'linux:LinuxContainerUser?',
  LinuxContainerUser: 'uid:integer! gid:integer! supplementalGroups:integer[]',
  ResourceStatus: 'name:string! resources:ResourceHealth[resourceID]-',
  ResourceHealth: 'resourceID:string! health:string message:string?',
  PodResourceClaimStatus: 'name:string! resourceClaimName:string?',
  PodExtendedResourceClaimStatus: `
    requestMappings:ContainerExtendedResourceRequest[]! resourceClaimName:string!
  `,
  ContainerExtendedResourceRequest: 'containerName:string! resourceName:string! requestName:string!',
  NodeAllocatableResourceClaimStatus: `
    resourceClaimName:string! containers:string[=]- resources:quantity{}!
  `,
}
