// What is kept of a workload: a bare minimum of one that asks for nothing, and of the others all that a decision needs.
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from '../types/object.ts'
import type { AnnotationSources, Settings } from '../types/settings.ts'
import {
  type Borrowing,
  type TemplateFacts,
  WORKLOAD_RESOURCES,
  type Workload,
  type WorkloadKind,
} from '../types/workload.ts'
import { borrowingOf, restartOf, restartStampsIn } from './kinds/argo-rollout.ts'
import { askingOf } from './kinds/loan.ts'
import { pauseIn } from './kinds/pause.ts'
import { runStateOf } from './kinds/run-state.ts'
import { releasesOf } from './release.ts'
import type { AnnotationNames } from './settings/annotation-names.ts'
import { type Compat, withCompat } from './settings/compat.ts'
import { NOT_OPTED_IN, settingsOf } from './settings/settings.ts'
import { settingsSinceOf } from './settings/settings-since.ts'
import { type PodTemplate, podTemplateOf } from './template/pod-template.ts'
import type { ReferenceOptions } from './template/references.ts'
import { isRolledOut } from './template/rollout-progress.ts'
import { NO_TEMPLATE_FACTS, readTemplate } from './template/template-facts.ts'
import { type ObjectSource, withEarlierGone } from './template/template-versions.ts'
import { withoutNulls } from './template/without-nulls.ts'

export interface ReduceWorkloadOptions extends ReferenceOptions {
  readonly kind: WorkloadKind
  readonly names: AnnotationNames
  readonly autoReloadAll: boolean
  /** Other controllers whose annotations count; default none. */
  readonly compat?: readonly Compat[]
  /** A workload of another kind may borrow its pod template, which is kept then even where nobody asks for rolls. */
  readonly lends?: boolean
  readonly source: ObjectSource
  /** What was kept of the object that had this name before; its uid may differ. */
  readonly previous?: Workload | undefined
  /** `poll` only: the resourceVersion of the last list that covered the object. */
  readonly previousListResourceVersion?: string | undefined
}

/** What is told of a workload beside what every one has and what its pod template says. */
type Told = Omit<
  Workload,
  | keyof TemplateFacts
  | 'ref'
  | 'uid'
  | 'resourceVersion'
  | 'generation'
  | 'creationTimestamp'
  | 'settings'
  | 'releases'
>

const NOTHING: readonly never[] = Object.freeze([])

/** One object on its way in. */
interface Arrival extends ReduceWorkloadOptions {
  readonly object: KubeObject
  readonly template: PodTemplate
  readonly sources: AnnotationSources
  readonly settings: Settings
  /** Of the same uid. */
  readonly previous: Workload | undefined
}

/** Reduces a workload as the API server sent it. Costs little where the generation says that the template stayed. */
export function reduceWorkload(shown: KubeObject, options: ReduceWorkloadOptions): Workload {
  const { kind, names, autoReloadAll, compat = NOTHING } = options
  const isCustom = WORKLOAD_RESOURCES[kind].optional === true
  const object = isCustom ? withoutNulls(shown) : shown
  const { metadata } = object
  const template = podTemplateOf(object, WORKLOAD_RESOURCES[kind].templatePath)
  const sources = {
    metadata: withCompat(metadata.annotations, names, compat),
    template: withCompat(template.metadata?.annotations, names, compat),
  }
  const settings = settingsOf(sources, {
    names,
    autoReloadAll,
    pausable: kind === 'Deployment',
    restartable: kind === 'Rollout',
  })
  const previous = options.previous?.uid === metadata.uid ? options.previous : undefined
  const arrival = { ...options, object, template, sources, settings, previous }
  if (kind === 'Rollout') {
    const borrowing = borrowingOf(object, askingOf(sources.metadata, names))
    if (borrowing !== undefined) return borrower(arrival, borrowing)
  }
  // A custom resource may come without a pod template, and a DeploymentConfig does until it has its image.
  const runs = !isCustom || (template.spec?.containers?.length ?? 0) > 0
  return settings.optedIn && runs ? followed(arrival) : bare(arrival, runs ? settings : NOT_OPTED_IN)
}

function bare(arrival: Arrival, settings: Settings): Workload {
  const { object, kind } = arrival
  const told = { ...pauseToldOf(arrival), ...loanToldOf(arrival) }
  return kept(object.metadata, kind, { facts: NO_TEMPLATE_FACTS, settings, releases: NOTHING, told })
}

function followed(arrival: Arrival): Workload {
  const { object, kind, settings, previous } = arrival
  const { metadata } = object
  const before = previous && (previous.settings.optedIn ? previous : undefined)
  const read = readTemplate(arrival.template, metadata, {
    ...arrival,
    previous: previous && { generation: previous.generation, facts: before },
  })
  const templates = isRolledOut(object, kind) ? withEarlierGone(read.templates) : read.templates
  const restart = kind === 'Rollout' ? restartOf(object) : undefined
  const facts = {
    ...read,
    templates,
    ...(restart === undefined ? {} : { stamps: restartStampsIn(metadata) }),
  }
  return kept(metadata, kind, {
    facts,
    settings,
    releases: releasesOf(metadata),
    told: {
      ...toldBy(arrival),
      ...(restart === undefined ? {} : { restart }),
      ...pauseToldOf(arrival),
      ...loanToldOf(arrival),
    },
  })
}

/** A Rollout that has its pod template from elsewhere; loan.ts says what comes of both together. */
function borrower({ object, kind, settings }: Arrival, borrowing: Borrowing): Workload {
  const { metadata } = object
  const restart = restartOf(object)
  const stamps = restart === undefined ? NO_TEMPLATE_FACTS.stamps : restartStampsIn(metadata)
  return kept(metadata, kind, {
    facts: { ...NO_TEMPLATE_FACTS, stamps },
    settings,
    releases: releasesOf(metadata),
    told: { ...writtenOf(object), ...(restart === undefined ? {} : { restart }), borrowing },
  })
}

function pauseToldOf({ object, kind, settings, names }: Arrival): Pick<Told, 'pause'> {
  const pause = kind === 'Deployment' ? pauseIn(object, { settings, pausedAt: names.pausedAt }) : undefined
  return pause === undefined ? {} : { pause }
}

function loanToldOf(arrival: Arrival): Pick<Told, 'loan'> {
  const { object, template, sources, names, previous } = arrival
  if (arrival.lends !== true) return {}
  const facts = readTemplate(template, object.metadata, {
    ...arrival,
    previous: previous && { generation: previous.generation, facts: previous.loan },
  })
  const annotations = {
    metadata: askingOf(sources.metadata, names),
    template: askingOf(sources.template, names),
  }
  return { loan: { ...facts, annotations, releases: releasesOf(object.metadata), ...writtenOf(object) } }
}

type Parts = Pick<Workload, 'settings' | 'releases'> & { readonly facts: TemplateFacts; readonly told: Told }

/** Written out field by field, because an object made by spreading takes twice the memory. */
function kept(metadata: ObjectMeta, kind: WorkloadKind, parts: Parts): Workload {
  const { name, namespace = '', uid, resourceVersion, generation = 0, creationTimestamp = '' } = metadata
  const { settings, releases, told } = parts
  const { references, stamps, firstContainer, templates } = parts.facts
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

function toldBy(arrival: Arrival): Told {
  const { object, previous } = arrival
  const run = runStateOf(object, arrival)
  const followedSince = previous?.settings.optedIn ? previous.followedSince : began(arrival)
  return {
    ...(run === undefined ? {} : { run }),
    ...(followedSince === undefined ? {} : { followedSince }),
    ...settingsSinceOf(arrival.settings, previous, { ...arrival, ...object.metadata }),
    ...writtenOf(object),
  }
}

function writtenOf(object: KubeObject): Pick<Told, 'lastRolloutTime' | 'lastManager' | 'lastWriteTime'> {
  const lastRolloutTime = lastRolloutTimeOf(object)
  const { manager: lastManager, time: lastWriteTime } = lastWriteOf(object.metadata.managedFields) ?? {}
  return {
    ...(lastRolloutTime === undefined ? {} : { lastRolloutTime }),
    ...(lastManager === undefined ? {} : { lastManager }),
    ...(lastWriteTime === undefined ? {} : { lastWriteTime }),
  }
}

/** A watch event tells when a workload began to be followed, and that a list shows it so where the one before did not, by when. */
function began({ object, source, previousListResourceVersion }: Arrival): string | undefined {
  const noticed = source === 'watch' || (source === 'poll' && previousListResourceVersion !== undefined)
  return noticed ? object.metadata.resourceVersion : undefined
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

/** The last write, apart from the status; of several in one second, the one that the server names last. */
function lastWriteOf(managedFields: readonly ManagedFieldsEntry[] = []): ManagedFieldsEntry | undefined {
  let last: ManagedFieldsEntry | undefined
  for (const entry of managedFields) {
    if (entry.subresource === 'status') continue
    if (last === undefined || (entry.time ?? '') >= (last.time ?? '')) last = entry
  }
  return last
}
