// What is kept of a workload: a bare minimum of one that asks for nothing, and of the others all that a decision needs.
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from '../types/object.ts'
import {
  type TemplateStamps,
  type TemplateVersion,
  WORKLOAD_RESOURCES,
  type Workload,
  type WorkloadKind,
} from '../types/workload.ts'
import type { AnnotationNames } from './annotation-names.ts'
import { type Compat, withCompat } from './compat.ts'
import { pauseIn } from './pause.ts'
import { type PodTemplate, podTemplateOf } from './pod-template.ts'
import { type ReferenceOptions, referencesOf } from './references.ts'
import { releasesOf } from './release.ts'
import { isRolledOut } from './rollout-progress.ts'
import { type RunStateOptions, runStateOf } from './run-state.ts'
import { settingsOf } from './settings.ts'
import { stampsIn, templateHashOf } from './template-stamps.ts'
import { type ObjectSource, type Sighting, withEarlierGone, withTemplate } from './template-versions.ts'

export interface ReduceWorkloadOptions extends ReferenceOptions {
  readonly kind: WorkloadKind
  readonly names: AnnotationNames
  readonly autoReloadAll: boolean
  /** Other controllers whose annotations count; default none. */
  readonly compat?: readonly Compat[]
  readonly source: ObjectSource
  /** What was kept of the object that had this name before; its uid may differ. */
  readonly previous?: Workload | undefined
  /** `poll` only: the resourceVersion of the last list that covered the object. */
  readonly previousListResourceVersion?: string | undefined
}

type FromTemplate = Pick<Workload, 'references' | 'stamps' | 'firstContainer' | 'templates'>
type Told = Pick<Workload, 'pause' | 'run' | 'followedSince' | 'lastRolloutTime' | 'lastManager'>

const NOTHING: readonly never[] = Object.freeze([])
const NO_STAMPS: TemplateStamps = Object.freeze({ variables: NOTHING })

const EMPTY_TEMPLATE: FromTemplate = Object.freeze({
  references: NOTHING,
  stamps: NO_STAMPS,
  firstContainer: '',
  templates: NOTHING,
})
const TOLD_NOTHING: Told = Object.freeze({})

/** Reduces a workload as the API server sent it. Never throws; costs little where the generation says that the template stayed. */
export function reduceWorkload(object: KubeObject, options: ReduceWorkloadOptions): Workload {
  const { kind, names, autoReloadAll, compat = NOTHING } = options
  const { metadata } = object
  const template = podTemplateOf(object, WORKLOAD_RESOURCES[kind].templatePath)
  const settings = settingsOf(
    {
      metadata: withCompat(metadata.annotations, names, compat),
      template: withCompat(template.metadata?.annotations, names, compat),
    },
    { names, autoReloadAll, pausable: kind === 'Deployment' },
  )
  const pause = kind === 'Deployment' ? pauseIn(object, { settings, pausedAt: names.pausedAt }) : undefined
  if (!settings.optedIn) {
    const told = pause === undefined ? TOLD_NOTHING : { pause }
    return kept(metadata, kind, { ...EMPTY_TEMPLATE, settings, releases: NOTHING, told })
  }
  const previous = options.previous?.uid === metadata.uid ? options.previous : undefined
  const fromTemplate = readTemplate(template, metadata, { ...options, previous })
  const { templates: all } = fromTemplate
  const templates = isRolledOut(object) ? withEarlierGone(all) : all
  const releases = releasesOf(metadata)
  return kept(metadata, kind, {
    ...fromTemplate,
    templates,
    settings,
    releases,
    told: {
      ...toldBy(object, { kind, source: options.source, previous }),
      ...(pause === undefined ? {} : { pause }),
    },
  })
}

type Parts = FromTemplate & Pick<Workload, 'settings' | 'releases'> & { readonly told: Told }

/** Written out field by field, because an object made by spreading takes twice the memory. */
function kept(metadata: ObjectMeta, kind: WorkloadKind, parts: Parts): Workload {
  const { name, namespace = '', uid, resourceVersion, generation = 0, creationTimestamp = '' } = metadata
  const { settings, references, stamps, firstContainer, templates, releases, told } = parts
  return {
    ref: { kind, namespace, name },
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
    settings,
    references,
    stamps,
    firstContainer,
    templates,
    releases,
    ...told,
  }
}

function toldBy(object: KubeObject, options: RunStateOptions): Told {
  const { source, previous } = options
  const { resourceVersion, managedFields } = object.metadata
  const run = runStateOf(object, options)
  const followedSince = previous?.settings.optedIn ? previous.followedSince : began(source, resourceVersion)
  const lastRolloutTime = lastRolloutTimeOf(object)
  const lastManager = lastManagerOf(managedFields)
  return {
    ...(run === undefined ? {} : { run }),
    ...(followedSince === undefined ? {} : { followedSince }),
    ...(lastRolloutTime === undefined ? {} : { lastRolloutTime }),
    ...(lastManager === undefined ? {} : { lastManager }),
  }
}

/** Only a watch event tells when a workload began to be followed. */
function began(source: ObjectSource, resourceVersion: string): string | undefined {
  return source === 'watch' ? resourceVersion : undefined
}

function readTemplate(
  template: PodTemplate,
  { resourceVersion, generation = 0 }: ObjectMeta,
  options: ReduceWorkloadOptions,
): FromTemplate {
  const { previous, source, previousListResourceVersion } = options
  // Every change of a spec raises the generation, and nothing of the status does.
  if (previous?.settings.optedIn && generation > 0 && previous.generation === generation) {
    const { references, stamps, firstContainer, templates } = previous
    return { references, stamps, firstContainer, templates }
  }
  return {
    references: referencesOf(template, options),
    stamps: stampsIn(template),
    firstContainer: template.spec?.containers?.[0]?.name ?? '',
    templates: templatesOf(previous, templateHashOf(template), {
      source,
      resourceVersion,
      previousListResourceVersion,
    }),
  }
}

function templatesOf(
  previous: Workload | undefined,
  hash: string,
  sighting: Sighting,
): readonly TemplateVersion[] {
  // Seen before, but not opted in: nobody noted since when it has its template.
  if (previous !== undefined && previous.templates.length === 0) {
    return [{ hash, exact: false, shown: sighting.resourceVersion }]
  }
  return withTemplate(previous?.templates ?? NOTHING, hash, sighting)
}

interface Condition {
  readonly type?: string
  readonly lastUpdateTime?: string
}

/** When a rollout last moved: a Deployment's Progressing condition, else the last write of the pod template. */
function lastRolloutTimeOf(object: KubeObject): string | undefined {
  const { status } = object as { readonly status?: { readonly conditions?: readonly Condition[] } }
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing')?.lastUpdateTime
  if (progressing !== undefined) return progressing
  const writes = (object.metadata.managedFields ?? []).filter(ownsTemplate)
  return writes
    .flatMap(({ time }) => time ?? [])
    .sort()
    .at(-1)
}

function ownsTemplate({ fieldsV1 }: ManagedFieldsEntry): boolean {
  const spec = fieldsV1?.['f:spec']
  return typeof spec === 'object' && spec !== null && 'f:template' in spec
}

/** Who wrote last, apart from the status; of several in one second, the one that the server names last. */
function lastManagerOf(managedFields: readonly ManagedFieldsEntry[] = []): string | undefined {
  let last: ManagedFieldsEntry | undefined
  for (const entry of managedFields) {
    if (entry.subresource === 'status') continue
    if (last === undefined || (entry.time ?? '') >= (last.time ?? '')) last = entry
  }
  return last?.manager
}
