// The types of workloads, in the notation of schema.ts (k8s.io/api/apps/v1 and batch/v1 of 1.36).
import { OBJECT } from './schema-meta.ts'

export const WORKLOAD_TYPES = {
  Deployment: `${OBJECT} spec:DeploymentSpec status:DeploymentStatus`,
  DeploymentSpec: `
    replicas:integer? selector:LabelSelector?! template:PodTemplateSpec strategy:DeploymentStrategy~
    minReadySeconds:integer revisionHistoryLimit:integer? paused:boolean progressDeadlineSeconds:integer?
  `,
  Scale: `${OBJECT} spec:ScaleSpec status:ScaleStatus`,
  ScaleSpec: 'replicas:integer',
  ScaleStatus: 'replicas:integer! selector:string',
  PodTemplateSpec: 'metadata:ObjectMeta spec:PodSpec',
  DeploymentStrategy: 'type:string rollingUpdate:RollingUpdateDeployment?',
  RollingUpdateDeployment: 'maxUnavailable:intOrString? maxSurge:intOrString?',
  DeploymentStatus: `
    observedGeneration:integer replicas:integer updatedReplicas:integer readyReplicas:integer
    availableReplicas:integer unavailableReplicas:integer terminatingReplicas:integer?
    conditions:DeploymentCondition[type] collisionCount:integer?
  `,
  DeploymentCondition: `
    type:string! status:string! lastUpdateTime:time! lastTransitionTime:time! reason:string message:string
  `,
  StatefulSet: `${OBJECT} spec:StatefulSetSpec status:StatefulSetStatus`,
  StatefulSetSpec: `
    replicas:integer? selector:LabelSelector?! template:PodTemplateSpec
    volumeClaimTemplates:PersistentVolumeClaim[] serviceName:string! podManagementPolicy:string
    updateStrategy:StatefulSetUpdateStrategy revisionHistoryLimit:integer? minReadySeconds:integer
    persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy?
    ordinals:StatefulSetOrdinals?
  `,
  StatefulSetUpdateStrategy: 'type:string rollingUpdate:RollingUpdateStatefulSetStrategy?',
  RollingUpdateStatefulSetStrategy: 'partition:integer? maxUnavailable:intOrString?',
  StatefulSetPersistentVolumeClaimRetentionPolicy: 'whenDeleted:string whenScaled:string',
  StatefulSetOrdinals: 'start:integer!',
  StatefulSetStatus: `
    observedGeneration:integer replicas:integer! readyReplicas:integer currentReplicas:integer
    updatedReplicas:integer currentRevision:string updateRevision:string collisionCount:integer?
    conditions:StatefulSetCondition[type] availableReplicas:integer!
  `,
  StatefulSetCondition: 'type:string! status:string! lastTransitionTime:time! reason:string message:string',
  DaemonSet: `${OBJECT} spec:DaemonSetSpec status:DaemonSetStatus`,
  DaemonSetSpec: `
    selector:LabelSelector?! template:PodTemplateSpec updateStrategy:DaemonSetUpdateStrategy
    minReadySeconds:integer revisionHistoryLimit:integer?
  `,
  DaemonSetUpdateStrategy: 'type:string rollingUpdate:RollingUpdateDaemonSet?',
  RollingUpdateDaemonSet: 'maxUnavailable:intOrString? maxSurge:intOrString?',
  DaemonSetStatus: `
    currentNumberScheduled:integer! numberMisscheduled:integer! desiredNumberScheduled:integer!
    numberReady:integer! observedGeneration:integer updatedNumberScheduled:integer numberAvailable:integer
    numberUnavailable:integer collisionCount:integer? conditions:DaemonSetCondition[type]
  `,
  DaemonSetCondition: 'type:string! status:string! lastTransitionTime:time! reason:string message:string',
  ReplicaSet: `${OBJECT} spec:ReplicaSetSpec status:ReplicaSetStatus`,
  ReplicaSetSpec: `
    replicas:integer? minReadySeconds:integer selector:LabelSelector?! template:PodTemplateSpec
  `,
  ReplicaSetStatus: `
    replicas:integer! fullyLabeledReplicas:integer readyReplicas:integer availableReplicas:integer
    terminatingReplicas:integer? observedGeneration:integer conditions:ReplicaSetCondition[type]
  `,
  ReplicaSetCondition: 'type:string! status:string! lastTransitionTime:time! reason:string message:string',
  ControllerRevision: `${OBJECT} data:any revision:integer!`,
  Job: `${OBJECT} spec:JobSpec status:JobStatus`,
  JobSpec: `
    parallelism:integer? completions:integer? activeDeadlineSeconds:integer?
    podFailurePolicy:PodFailurePolicy? successPolicy:SuccessPolicy? backoffLimit:integer?
    backoffLimitPerIndex:integer? maxFailedIndexes:integer? selector:LabelSelector?
    manualSelector:boolean? template:PodTemplateSpec ttlSecondsAfterFinished:integer?
    completionMode:string? suspend:boolean? podReplacementPolicy:string? managedBy:string?
  `,
  PodFailurePolicy: 'rules:PodFailurePolicyRule[]!',
  PodFailurePolicyRule: `
    action:string! onExitCodes:PodFailurePolicyOnExitCodesRequirement?
    onPodConditions:PodFailurePolicyOnPodConditionsPattern[]
  `,
  PodFailurePolicyOnExitCodesRequirement: 'containerName:string? operator:string! values:integer[=]-!',
  PodFailurePolicyOnPodConditionsPattern: 'type:string! status:string!',
  SuccessPolicy: 'rules:SuccessPolicyRule[]!',
  SuccessPolicyRule: 'succeededIndexes:string? succeededCount:integer?',
  JobStatus: `
    conditions:JobCondition[]+type startTime:time? completionTime:time? active:integer succeeded:integer
    failed:integer terminating:integer? completedIndexes:string failedIndexes:string?
    uncountedTerminatedPods:UncountedTerminatedPods? ready:integer?
  `,
  JobCondition: `
    type:string! status:string! lastProbeTime:time! lastTransitionTime:time! reason:string message:string
  `,
  UncountedTerminatedPods: 'succeeded:string[=]- failed:string[=]-',
  CronJob: `${OBJECT} spec:CronJobSpec status:CronJobStatus`,
  CronJobSpec: `
    schedule:string! timeZone:string? startingDeadlineSeconds:integer? concurrencyPolicy:string
    suspend:boolean? jobTemplate:JobTemplateSpec successfulJobsHistoryLimit:integer?
    failedJobsHistoryLimit:integer?
  `,
  JobTemplateSpec: 'metadata:ObjectMeta spec:JobSpec',
  CronJobStatus: 'active:ObjectReference[] lastScheduleTime:time? lastSuccessfulTime:time?',
}
