// The numbers that fields have in protobuf, in the order of the fields in the notation of types, without kind and
// apiVersion, which stand outside. `2.1` is field 1 of the message in field 2, which JSON shows without it
// (generated.proto of k8s.io/api and k8s.io/apimachinery 1.36). A type that is not here counts from 1.

export const FIELD_NUMBERS: Readonly<Record<string, string>> = {
  ClusterTrustBundleProjection: '1 2 3 5 4',
  ConfigMap: '1 4 2 3',
  ConfigMapEnvSource: '1.1 2',
  ConfigMapKeySelector: '1.1 2 3',
  ConfigMapProjection: '1.1 2 4',
  ConfigMapVolumeSource: '1.1 2 3 4',
  Container: '1 2 3 4 5 6 19 7 8 23 24 25 9 21 10 11 22 12 13 20 14 15 16 17 18',
  CronJobSpec: '1 8 2 3 4 5 6 7',
  CronJobStatus: '1 4 5',
  DaemonSetSpec: '1 2 3 4 6',
  DeploymentCondition: '1 2 6 7 4 5',
  DeploymentSpec: '1 2 3 4 5 6 7 9',
  DeploymentStatus: '1 2 3 7 4 5 9 6 8',
  EphemeralContainer: `
    1.1 1.2 1.3 1.4 1.5 1.6 1.19 1.7 1.8 1.23 1.24 1.25 1.9 1.21 1.10 1.11 1.22 1.12 1.13 1.20 1.14 1.15
    1.16 1.17 1.18 2
  `,
  ISCSIVolumeSource: '1 2 3 4 5 6 7 8 11 10 12',
  JobSpec: '1 2 3 11 16 7 12 13 4 5 6 8 9 10 14 15',
  JobStatus: '1 2 3 4 5 6 11 7 10 8 9',
  ManagedFieldsEntry: '1 2 3 4 6 7 8',
  NamespaceCondition: '1 2 4 5 6',
  NodeConfigSource: '2',
  NodeSpec: '1 7 3 4 5 6 2',
  ObjectMeta: '1 2 3 4 5 6 7 8 9 10 11 12 13 14 17',
  OwnerReference: '5 1 3 4 6 7',
  PersistentVolumeClaimSpec: '1 4 2 3 5 6 7 8 9',
  PersistentVolumeClaimStatus: '1 2 3 4 5 7 8 9',
  PodCondition: '1 7 2 3 4 5 6',
  PodResourceClaim: '1 3 4',
  PodSecurityContext: '1 8 2 6 3 4 12 5 7 9 10 11 13',
  PodSpec: `
    1 20 2 34 3 4 5 6 7 8 9 21 10 11 12 13 27 14 15 16 17 18 19 22 23 24 25 26 28 29 30 31 32 33 35 36 37 38
    39 40 41 43
  `,
  PodStatus: '17 1 2 3 4 11 5 16 6 12 7 10 8 9 13 14 15 18 19 20 21',
  Probe: '1.1 1.2 1.3 1.4 2 3 4 5 6 7',
  ReplicaSetSpec: '1 4 2 3',
  ReplicaSetStatus: '1 2 4 5 7 3 6',
  ResourceHealth: '1 2 6',
  Secret: '1 5 2 4 3',
  SecretEnvSource: '1.1 2',
  SecretKeySelector: '1.1 2 3',
  SecretProjection: '1.1 2 4',
  SecurityContext: '1 2 3 10 4 8 5 6 7 9 11 12',
  ServicePort: '1 2 6 3 4 5',
  ServiceSpec: '1 2 3 18 4 5 7 8 9 10 11 12 13 14 19 17 20 21 22 23',
  StatefulSetStatus: '1 2 3 4 5 6 7 9 10 11',
  SubjectAccessReviewStatus: '1 4 2 3',
  TokenRequestSpec: '1 4 3',
  Volume: `
    1 2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 2.9 2.10 2.11 2.12 2.13 2.14 2.15 2.16 2.17 2.18 2.19 2.20 2.21 2.22
    2.23 2.26 2.24 2.25 2.27 2.28 2.29 2.30
  `,
  VolumeMount: '1 2 7 3 4 5 6',
}
