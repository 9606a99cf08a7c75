// What is watched of configs: the metadata of ConfigMaps and Secrets; of SecretProviderClasses the statuses of their pods and their
// own metadata.
import type { PodStatus } from '../../decide/content/pod-status.ts'
import type { RawObject } from '../../kube/raw-object.ts'
import type { Reflector } from '../../kube/reflector.ts'
import type { ReflectorOptions } from '../../kube/reflector-options.ts'
import type { Resource } from '../../kube/resource-path.ts'
import { createStore, type Store, type Stored } from '../../kube/store.ts'
import {
  CONFIG_RESOURCES,
  type Config,
  type ConfigType,
  SECRET_PROVIDER_CLASSES,
  STORED_TYPES,
} from '../../types/config.ts'
import { createClassStore } from './class-store.ts'

export interface ConfigWatchesOptions {
  readonly configTypes: readonly ConfigType[]
  /** For ConfigMaps and Secrets alone: a driver gives the statuses of pods no labels of the user's. */
  readonly configSelector: string | undefined
  /** What is kept of a config; undefined: nothing. */
  readonly reduceConfig: (
    object: RawObject,
    type: ConfigType,
    previous: Config | undefined,
  ) => Config | undefined
  readonly reducePodStatus: (object: RawObject, previous: PodStatus | undefined) => PodStatus | undefined
}

/** How a resource is reflected. */
export type Reflected<T extends Stored> = Pick<
  ReflectorOptions<T>,
  'namespace' | 'optional' | 'labelSelector' | 'metadataOnly' | 'reduce' | 'writer'
>

/** Where the reflectors are made. */
export interface ReflectorSource {
  /** One for each namespace that is watched, or one for the whole cluster. */
  readonly reflectEverywhere: <T extends Stored>(
    resource: Resource,
    rest: Reflected<T>,
  ) => readonly Reflector[]
  /** Of those, the one that covers a namespace. */
  readonly reflectorAt: (reflectors: readonly Reflector[], namespace: string) => Reflector | undefined
}

export interface ConfigWatches {
  readonly stores: Readonly<Record<ConfigType, Store<Config>>>
  /** Why configs of a type cannot be seen in a namespace; undefined when they can. */
  blind(type: ConfigType, namespace: string): string | undefined
}

/** A resource that tells of configs, and how it is watched. */
interface Source {
  readonly resource: Resource
  readonly reflectors: readonly Reflector[]
  readonly store: Store<Stored>
  readonly optional: boolean
}

/** Makes the reflectors of all that is looked at, and the stores that they fill. */
export function createConfigWatches(options: ConfigWatchesOptions, source: ReflectorSource): ConfigWatches {
  const { configTypes, configSelector, reduceConfig, reducePodStatus } = options
  const writers = {
    ConfigMap: createStore<Config>(),
    Secret: createStore<Config>(),
    SecretProviderClass: createStore<Config>(),
  }
  const statuses = createStore<PodStatus>()
  const sources: Record<ConfigType, readonly Source[]> = {
    ConfigMap: [],
    Secret: [],
    SecretProviderClass: [],
  }

  function reflect<T extends Stored>(resource: Resource, rest: Reflected<T>): Source {
    const reflectors = source.reflectEverywhere(resource, rest)
    return { resource, reflectors, store: rest.writer.store, optional: rest.optional === true }
  }

  function metadataOf(type: ConfigType): Reflected<Config> {
    return {
      metadataOnly: true,
      writer: writers[type],
      reduce: (object, { previous }) => reduceConfig(object, type, previous),
    }
  }

  const selected = configSelector === undefined ? {} : { labelSelector: configSelector }
  for (const type of STORED_TYPES) {
    if (!configTypes.includes(type)) continue
    sources[type] = [reflect(CONFIG_RESOURCES[type], { ...metadataOf(type), ...selected })]
  }
  if (configTypes.includes('SecretProviderClass')) {
    sources.SecretProviderClass = [
      reflect<PodStatus>(CONFIG_RESOURCES.SecretProviderClass, {
        optional: true,
        writer: statuses,
        reduce: (object, { previous }) => reducePodStatus(object, previous),
      }),
      reflect(SECRET_PROVIDER_CLASSES, { optional: true, ...metadataOf('SecretProviderClass') }),
    ]
  }
  const classes = createClassStore({ statuses: statuses.store, classes: writers.SecretProviderClass.store })

  return {
    stores: {
      ConfigMap: writers.ConfigMap.store,
      Secret: writers.Secret.store,
      SecretProviderClass: classes,
    },
    blind(type, namespace) {
      for (const { resource, store, reflectors, optional } of sources[type]) {
        const phase = source.reflectorAt(reflectors, namespace)?.phase() ?? 'missing'
        // Where the API server does not know the resource, there is nothing to be seen of it.
        if (store.isSynced(namespace) || (optional && phase === 'missing')) continue
        return `${resource.plural} are not in sight: ${phase}`
      }
      return sources[type].length > 0
        ? undefined
        : `${CONFIG_RESOURCES[type].plural} are not in sight: missing`
    },
  }
}
