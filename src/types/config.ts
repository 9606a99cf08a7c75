// A config: a ConfigMap, a Secret or a SecretProviderClass whose content a pod template uses. Here is what we keep of one, never
// its bytes.

/** The types that every cluster has, and that --resources-to-ignore names. */
export const STORED_TYPES = ['ConfigMap', 'Secret'] as const
/** A SecretProviderClass is seen through the statuses of the pods that mount it; only --enable-csi-integration looks at it. */
export const CONFIG_TYPES = [...STORED_TYPES, 'SecretProviderClass'] as const
/** One of those types. */
export type ConfigType = (typeof CONFIG_TYPES)[number]

/** A config by name: `refKey` makes one string of it. */
export interface ConfigRef {
  readonly kind: ConfigType
  readonly namespace: string
  readonly name: string
}

/** Where the content of configs of each type lives, and how the incumbent's stamps, Events and flags spell the type. */
export const CONFIG_RESOURCES = {
  ConfigMap: { group: '', version: 'v1', plural: 'configmaps', stampWord: 'CONFIGMAP' },
  Secret: { group: '', version: 'v1', plural: 'secrets', stampWord: 'SECRET' },
  SecretProviderClass: {
    group: 'secrets-store.csi.x-k8s.io',
    version: 'v1',
    plural: 'secretproviderclasspodstatuses',
    stampWord: 'SECRETPROVIDERCLASS',
  },
} as const satisfies Record<
  ConfigType,
  { readonly group: string; readonly version: string; readonly plural: string; readonly stampWord: string }
>

/** Where the SecretProviderClasses themselves live: what they ask for, but not what their pods hold. */
export const SECRET_PROVIDER_CLASSES = {
  group: 'secrets-store.csi.x-k8s.io',
  version: 'v1',
  plural: 'secretproviderclasses',
} as const

/** What the pods of a SecretProviderClass hold, as the status shows it that says so. */
export interface MountedVersions {
  /** JSON: pairs of object id and version, sorted, so that equal versions are equal text. */
  readonly versions: string
  /** No pod has lived through a change to these versions: whatever has them began with them. */
  readonly fresh: boolean
}

/** The unit that helm, Argo CD or Flux applied together, as one comparable string. */
export type ReleaseId = string

/** A config as the metadata watch shows it, reduced on arrival. */
export interface Config {
  readonly ref: ConfigRef
  readonly uid: string
  readonly resourceVersion: string
  /** RFC 3339, whole seconds, of the API server's clock. */
  readonly creationTimestamp: string
  /** The lowest resourceVersion under which our watch showed this object (this uid). */
  readonly firstSeen: string
  /** The latest time at which a field manager wrote data, or undefined where managedFields do not say. */
  readonly dataTime?: string
  /** Equal for two versions of one config between which no field manager wrote data; undefined where managedFields do not say. */
  readonly dataWriters?: string
  /** Its `ignore` annotation is exactly `true`. */
  readonly ignored: boolean
  /** Its `match` annotation is exactly `true`. */
  readonly matchable: boolean
  /** The resourceVersion of the first version that was shown with these two as they are. */
  readonly flagsSince: string
  readonly releases: readonly ReleaseId[]
  /** Of a SecretProviderClass; `resourceVersion` and `dataTime` are then those with which a status began to show these. */
  readonly mounted?: MountedVersions
}

/** The keys of a config that count: `all`, or a list sorted by code unit without duplicates. */
export type KeySet = 'all' | readonly string[]

/** `<digest key id>-<base64url HMAC-SHA-256>`: a keyed fingerprint of the used keys of a config. */
export type Digest = string

/** What is left of a config's content once it was digested: one MAC for each key, and no byte of a value. */
export interface ContentDigest {
  readonly uid: string
  readonly resourceVersion: string
  readonly creationTimestamp: string
  readonly type: ConfigType
  readonly dataTime?: string
  /** The id of the digest key that made this. */
  readonly keyId: string
  /** A MAC of the type: it keys the digests made of this, so that not even one of no keys can be guessed. */
  readonly typeMac: string
  /** Key -> MAC of its kind and value. */
  readonly entries: ReadonlyMap<string, string>
  /** The incumbent's SHA-1 of the whole content, made only when asked for: it tells whether its stamp is up to date. */
  readonly incumbentHash?: string
}
