// The ConfigMap `reloader-meta-info` (spec 7.9), by which tools find out what runs here and with which options.
import {
  CLASS_AUTO_ANNOTATION,
  CLASS_RELOAD_ANNOTATION,
  EXCLUDE_ANNOTATIONS,
  ROLLOUT_STRATEGY_ANNOTATION,
} from '../decide/settings/annotation-names.ts'
import { isNotFound } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import { isRecord } from '../kube/raw-object.ts'
import type { Log } from '../telemetry/log.ts'
import { CONFIG_RESOURCES, STORED_TYPES } from '../types/config.ts'
import { META_INFO_LABEL, META_INFO_NAME } from '../types/own-objects.ts'
import { problemText } from '../types/problem-text.ts'
import { FLAGS } from './options/flag-table.ts'
import { LEADER_FLAGS } from './options/leader-flags.ts'
import type { OptionReader } from './options/option-reader.ts'
import type { Build } from './version.ts'

const CONFIG_MAPS = CONFIG_RESOURCES.ConfigMap
const LABELS = { [META_INFO_LABEL]: 'reloader' }

/** The options as the incumbent names them, in its order; a URL without what may be secret in it. */
export function publishedOptionsOf({ flag }: OptionReader): Readonly<Record<string, unknown>> {
  const looked = flag(FLAGS.resourcesToIgnore)
  const ignored = STORED_TYPES.filter((type) => !looked.includes(type))
  return {
    autoReloadAll: flag(FLAGS.autoReloadAll),
    configmapUpdateOnChangeAnnotation: flag(FLAGS.configMapAnnotation),
    secretUpdateOnChangeAnnotation: flag(FLAGS.secretAnnotation),
    secretProviderClassUpdateOnChangeAnnotation: CLASS_RELOAD_ANNOTATION,
    reloaderAutoAnnotation: flag(FLAGS.autoAnnotation),
    ignoreResourceAnnotation: flag(FLAGS.ignoreAnnotation),
    configmapReloaderAutoAnnotation: flag(FLAGS.configMapAutoAnnotation),
    secretReloaderAutoAnnotation: flag(FLAGS.secretAutoAnnotation),
    secretProviderClassReloaderAutoAnnotation: CLASS_AUTO_ANNOTATION,
    configmapExcludeReloaderAnnotation: EXCLUDE_ANNOTATIONS.ConfigMap,
    secretExcludeReloaderAnnotation: EXCLUDE_ANNOTATIONS.Secret,
    secretProviderClassExcludeReloaderAnnotation: EXCLUDE_ANNOTATIONS.SecretProviderClass,
    autoSearchAnnotation: flag(FLAGS.autoSearchAnnotation),
    searchMatchAnnotation: flag(FLAGS.searchMatchAnnotation),
    rolloutStrategyAnnotation: ROLLOUT_STRATEGY_ANNOTATION,
    pauseDeploymentAnnotation: flag(FLAGS.pauseDeploymentAnnotation),
    pauseDeploymentTimeAnnotation: flag(FLAGS.pauseDeploymentTimeAnnotation),
    logFormat: flag(FLAGS.logFormat),
    logLevel: flag(FLAGS.logLevel),
    isArgoRollouts: flag(FLAGS.isArgoRollouts),
    reloadStrategy: flag(FLAGS.reloadStrategy),
    reloadOnCreate: flag(FLAGS.reloadOnCreate),
    reloadOnDelete: flag(FLAGS.reloadOnDelete),
    syncAfterRestart: flag(FLAGS.syncAfterRestart),
    enableHA: flag(LEADER_FLAGS.enableHa),
    enableCSIIntegration: flag(FLAGS.enableCsiIntegration),
    webhookUrl: withoutSecrets(flag(FLAGS.webhookUrl)),
    resourcesToIgnore: ignored.map((type) => CONFIG_RESOURCES[type].plural),
    workloadTypesToIgnore: flag(FLAGS.ignoredWorkloadTypes),
    namespaceSelectors: listOf(flag(FLAGS.namespaceSelector)),
    resourceSelectors: listOf(flag(FLAGS.resourceLabelSelector)),
    namespacesToIgnore: flag(FLAGS.namespacesToIgnore),
    enablePProf: flag(FLAGS.enablePprof),
    pprofAddr: flag(FLAGS.pprofAddr),
  }
}

function listOf(selector: string | undefined): readonly string[] {
  return selector === undefined ? [] : [selector]
}

/** A token may be in the user, the path, the query or the fragment: only where the URL leads stays. */
export function withoutSecrets(url: string): string {
  if (url === '') return ''
  const { protocol, host, pathname, search, hash, username } = new URL(url)
  const rest = `${username}${pathname}${search}${hash}`
  return `${protocol}//${host}${rest === '/' ? '/' : '/***'}`
}

export interface MetaInfoParts {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'update'>
  readonly build: Build
  readonly namespace: string
  /** RELOADER_DEPLOYMENT_NAME. */
  readonly name: string
  readonly published: Readonly<Record<string, unknown>>
  readonly log: Pick<Log, 'warn'>
}

/** Writes the ConfigMap where it says something else. Never rejects: nothing depends on it, so a refusal is one warning. */
export async function publishMetaInfo(parts: MetaInfoParts, signal: AbortSignal): Promise<void> {
  try {
    await write(parts, signal)
  } catch (error) {
    if (signal.aborted) return
    const what = `ConfigMap ${parts.namespace}/${META_INFO_NAME}`
    parts.log.warn(
      `Cannot publish what runs here in ${what}, which tools may look for: ${problemText(error)}`,
    )
  }
}

async function write(parts: MetaInfoParts, signal: AbortSignal): Promise<void> {
  const { client, namespace } = parts
  const data = dataOf(parts)
  const object = { apiVersion: 'v1', kind: 'ConfigMap', data }
  const metadata = { name: META_INFO_NAME, namespace, labels: LABELS }
  const found = await client.get(CONFIG_MAPS, metadata, { signal }).catch((error) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  if (found === undefined) await client.create(CONFIG_MAPS, { ...object, metadata }, { signal })
  else if (!saysThis(found.data, data)) {
    const { resourceVersion } = found.metadata
    await client.update(CONFIG_MAPS, { ...object, metadata: { ...metadata, resourceVersion } }, { signal })
  }
}

function dataOf({ build, namespace, name, published }: MetaInfoParts): Readonly<Record<string, string>> {
  return {
    buildInfo: JSON.stringify({
      // There is no Go in it; what reads this finds the field, and beside it what it does run on.
      goVersion: '',
      nodeVersion: process.version,
      releaseVersion: build.version,
      commitHash: build.commit,
      commitTime: '0001-01-01T00:00:00Z',
      edition: 'oss',
    }),
    reloaderOptions: JSON.stringify(published),
    deploymentInfo: JSON.stringify({ name, namespace }),
  }
}

function saysThis(found: unknown, data: Readonly<Record<string, string>>): boolean {
  return isRecord(found) && Object.entries(data).every(([key, text]) => found[key] === text)
}
