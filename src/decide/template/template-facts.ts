// What is read off a pod template, and read again only when it may have changed.
import type { ObjectMeta } from '../../types/object.ts'
import type { TemplateFacts, TemplateStamps, TemplateVersion } from '../../types/workload.ts'
import { NO_STAMPS, stampsIn, templateHashOf } from '../stamps/template-stamps.ts'
import type { PodTemplate } from './pod-template.ts'
import { type ReferenceOptions, referencesOf } from './references.ts'
import { type ObjectSource, type Sighting, withTemplate } from './template-versions.ts'

export interface ReadTemplateOptions extends ReferenceOptions {
  readonly source: ObjectSource
  /** `poll` only: the resourceVersion of the last list that covered the object. */
  readonly previousListResourceVersion?: string | undefined
  /** What was read of the same object before; `facts` undefined: nothing, though it was seen. */
  readonly previous?: { readonly generation: number; readonly facts: TemplateFacts | undefined } | undefined
}

const NOTHING: readonly never[] = Object.freeze([])

/** Those of a workload that nothing is to be known of. */
export const NO_TEMPLATE_FACTS: TemplateFacts = Object.freeze({
  references: NOTHING,
  stamps: NO_STAMPS,
  firstContainer: '',
  templates: NOTHING,
})

/** Costs little where the generation says that the template stayed. */
export function readTemplate(
  template: PodTemplate,
  { resourceVersion, generation = 0 }: ObjectMeta,
  options: ReadTemplateOptions,
): TemplateFacts {
  const { previous, source, previousListResourceVersion } = options
  // Every change of a spec raises the generation, and nothing of the status does.
  if (previous?.facts !== undefined && generation > 0 && previous.generation === generation) {
    const { references, stamps, firstContainer, templates } = previous.facts
    return { references, stamps, firstContainer, templates }
  }
  return {
    references: referencesOf(template, options),
    stamps: stampsOf(template, resourceVersion, options),
    firstContainer: template.spec?.containers?.[0]?.name ?? '',
    templates: templatesOf(previous, templateHashOf(template), {
      source,
      resourceVersion,
      previousListResourceVersion,
    }),
  }
}

/** With the time at which they came, if a watch showed that. */
function stampsOf(
  template: PodTemplate,
  resourceVersion: string,
  { previous, source, previousListResourceVersion }: ReadTemplateOptions,
): TemplateStamps {
  const stamps = stampsIn(template)
  const before = previous?.facts?.stamps
  if (before === undefined) return stamps
  const { since, ...known } = before
  if (JSON.stringify(known) === JSON.stringify(stamps)) return before
  const came = { watch: resourceVersion, poll: previousListResourceVersion, list: undefined }[source]
  return came === undefined ? stamps : { ...stamps, since: came }
}

function templatesOf(
  previous: ReadTemplateOptions['previous'],
  hash: string,
  sighting: Sighting,
): readonly TemplateVersion[] {
  // Seen before, but not read: nobody noted since when it has its template.
  if (previous !== undefined && previous.facts === undefined) {
    return [{ hash, exact: false, shown: sighting.resourceVersion }]
  }
  return withTemplate(previous?.facts?.templates ?? NOTHING, hash, sighting)
}
