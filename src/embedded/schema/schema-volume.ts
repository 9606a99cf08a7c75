// The types of volumes, in the notation of schema.ts (k8s.io/api/core/v1 of 1.36).
import { OBJECT } from './schema-meta.ts'

export const VOLUME_TYPES = {
  Volume: `
    name:string! hostPath:HostPathVolumeSource? emptyDir:EmptyDirVolumeSource?
    gcePersistentDisk:GCEPersistentDiskVolumeSource?
    awsElasticBlockStore:AWSElasticBlockStoreVolumeSource? gitRepo:GitRepoVolumeSource?
    secret:SecretVolumeSource? nfs:NFSVolumeSource? iscsi:ISCSIVolumeSource?
    glusterfs:GlusterfsVolumeSource? persistentVolumeClaim:PersistentVolumeClaimVolumeSource?
    rbd:RBDVolumeSource? flexVolume:FlexVolumeSource? cinder:CinderVolumeSource?
    cephfs:CephFSVolumeSource? flocker:FlockerVolumeSource? downwardAPI:DownwardAPIVolumeSource?
    fc:FCVolumeSource? azureFile:AzureFileVolumeSource? configMap:ConfigMapVolumeSource?
    vsphereVolume:VsphereVirtualDiskVolumeSource? quobyte:QuobyteVolumeSource?
    azureDisk:AzureDiskVolumeSource? photonPersistentDisk:PhotonPersistentDiskVolumeSource?
    projected:ProjectedVolumeSource? portworxVolume:PortworxVolumeSource? scaleIO:ScaleIOVolumeSource?
    storageos:StorageOSVolumeSource? csi:CSIVolumeSource? ephemeral:EphemeralVolumeSource?
    image:ImageVolumeSource?
  `,
  HostPathVolumeSource: 'path:string! type:string?',
  EmptyDirVolumeSource: 'medium:string sizeLimit:quantity?',
  GCEPersistentDiskVolumeSource: 'pdName:string! fsType:string partition:integer readOnly:boolean',
  AWSElasticBlockStoreVolumeSource: 'volumeID:string! fsType:string partition:integer readOnly:boolean',
  GitRepoVolumeSource: 'repository:string! revision:string directory:string',
  SecretVolumeSource: 'secretName:string items:KeyToPath[] defaultMode:integer? optional:boolean?',
  KeyToPath: 'key:string! path:string! mode:integer?',
  NFSVolumeSource: 'server:string! path:string! readOnly:boolean',
  ISCSIVolumeSource: `
    targetPortal:string! iqn:string! lun:integer! iscsiInterface:string fsType:string readOnly:boolean
    portals:string[] chapAuthDiscovery:boolean chapAuthSession:boolean secretRef:LocalObjectReference?
    initiatorName:string?
  `,
  GlusterfsVolumeSource: 'endpoints:string! path:string! readOnly:boolean',
  PersistentVolumeClaimVolumeSource: 'claimName:string! readOnly:boolean',
  RBDVolumeSource: `
    monitors:string[]! image:string! fsType:string pool:string user:string keyring:string
    secretRef:LocalObjectReference? readOnly:boolean
  `,
  FlexVolumeSource: `
    driver:string! fsType:string secretRef:LocalObjectReference? readOnly:boolean options:string{}
  `,
  CinderVolumeSource: 'volumeID:string! fsType:string readOnly:boolean secretRef:LocalObjectReference?',
  CephFSVolumeSource: `
    monitors:string[]! path:string user:string secretFile:string secretRef:LocalObjectReference?
    readOnly:boolean
  `,
  FlockerVolumeSource: 'datasetName:string datasetUUID:string',
  DownwardAPIVolumeSource: 'items:DownwardAPIVolumeFile[] defaultMode:integer?',
  DownwardAPIVolumeFile: `
    path:string! fieldRef:ObjectFieldSelector? resourceFieldRef:ResourceFieldSelector? mode:integer?
  `,
  FCVolumeSource: 'targetWWNs:string[] lun:integer? fsType:string readOnly:boolean wwids:string[]',
  AzureFileVolumeSource: 'secretName:string! shareName:string! readOnly:boolean',
  ConfigMapVolumeSource: 'name:string items:KeyToPath[] defaultMode:integer? optional:boolean?',
  VsphereVirtualDiskVolumeSource: `
    volumePath:string! fsType:string storagePolicyName:string storagePolicyID:string
  `,
  QuobyteVolumeSource: `
    registry:string! volume:string! readOnly:boolean user:string group:string tenant:string
  `,
  AzureDiskVolumeSource: `
    diskName:string! diskURI:string! cachingMode:string? fsType:string? readOnly:boolean? kind:string?
  `,
  PhotonPersistentDiskVolumeSource: 'pdID:string! fsType:string',
  ProjectedVolumeSource: 'sources:VolumeProjection[]! defaultMode:integer?',
  VolumeProjection: `
    secret:SecretProjection? downwardAPI:DownwardAPIProjection? configMap:ConfigMapProjection?
    serviceAccountToken:ServiceAccountTokenProjection? clusterTrustBundle:ClusterTrustBundleProjection?
    podCertificate:PodCertificateProjection?
  `,
  SecretProjection: 'name:string items:KeyToPath[] optional:boolean?',
  DownwardAPIProjection: 'items:DownwardAPIVolumeFile[]',
  ConfigMapProjection: 'name:string items:KeyToPath[] optional:boolean?',
  ServiceAccountTokenProjection: 'audience:string expirationSeconds:integer? path:string!',
  ClusterTrustBundleProjection: `
    name:string? signerName:string? labelSelector:LabelSelector? optional:boolean? path:string!
  `,
  PodCertificateProjection: `
    signerName:string keyType:string maxExpirationSeconds:integer? credentialBundlePath:string
    keyPath:string certificateChainPath:string userAnnotations:string{}
  `,
  PortworxVolumeSource: 'volumeID:string! fsType:string readOnly:boolean',
  ScaleIOVolumeSource: `
    gateway:string! system:string! secretRef:LocalObjectReference?! sslEnabled:boolean
    protectionDomain:string storagePool:string storageMode:string volumeName:string fsType:string
    readOnly:boolean
  `,
  StorageOSVolumeSource: `
    volumeName:string volumeNamespace:string fsType:string readOnly:boolean
    secretRef:LocalObjectReference?
  `,
  CSIVolumeSource: `
    driver:string! readOnly:boolean? fsType:string? volumeAttributes:string{}
    nodePublishSecretRef:LocalObjectReference?
  `,
  EphemeralVolumeSource: 'volumeClaimTemplate:PersistentVolumeClaimTemplate?',
  PersistentVolumeClaimTemplate: 'metadata:ObjectMeta spec:PersistentVolumeClaimSpec',
  PersistentVolumeClaimSpec: `
    accessModes:string[] selector:LabelSelector? resources:VolumeResourceRequirements volumeName:string
    storageClassName:string? volumeMode:string? dataSource:TypedLocalObjectReference?
    dataSourceRef:TypedObjectReference? volumeAttributesClassName:string?
  `,
  VolumeResourceRequirements: 'limits:quantity{} requests:quantity{}',
  ImageVolumeSource: 'reference:string pullPolicy:string',
  PersistentVolumeClaim: `${OBJECT} spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus`,
  PersistentVolumeClaimStatus: `
    phase:string accessModes:string[] capacity:quantity{} conditions:PersistentVolumeClaimCondition[type]
    allocatedResources:quantity{} allocatedResourceStatuses:string{}
    currentVolumeAttributesClassName:string? modifyVolumeStatus:ModifyVolumeStatus?
  `,
  PersistentVolumeClaimCondition: `
    type:string! status:string! lastProbeTime:time! lastTransitionTime:time! reason:string message:string
  `,
  ModifyVolumeStatus: 'targetVolumeAttributesClassName:string status:string!',
}
