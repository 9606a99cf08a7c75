// A pod template taken apart: the stamps in it, and the fingerprint of everything else.
import { createHash } from 'node:crypto'
import type { StampVariable, TemplateStamps } from '../../types/workload.ts'
import { LAST_RELOADED_FROM } from '../settings/annotation-names.ts'
import type { Container, EnvVar, PodTemplate } from '../template/pod-template.ts'
import { isIncumbentHash } from './incumbent-stamp.ts'
import { holdsStamp, isStampVariableName } from './stamp.ts'

/** Those of a pod template without any. */
export const NO_STAMPS: TemplateStamps = Object.freeze({ variables: Object.freeze([]) })

/** The stamps in `template`, ours and the incumbent's, in its order. */
export function stampsIn({ metadata, spec }: PodTemplate): TemplateStamps {
  const variables = [
    ...(spec?.containers ?? []).flatMap((container) => variablesIn(container)),
    ...(spec?.initContainers ?? []).flatMap((container) =>
      variablesIn(container).map((variable): StampVariable => ({ ...variable, init: true })),
    ),
  ]
  const annotation = metadata?.annotations?.[LAST_RELOADED_FROM]
  if (variables.length === 0 && annotation === undefined) return NO_STAMPS
  return annotation === undefined ? { variables } : { variables, annotation }
}

function variablesIn({ name: container, env = [] }: Container): readonly StampVariable[] {
  return env.flatMap((variable) => {
    const { name, value = '' } = variable
    return isStamp(variable) && isStampVariableName(name) ? [{ container, name, value }] : []
  })
}

/** Somebody else's variable of such a name does not count: the value must be a stamp's too. */
function isStamp({ name, value }: EnvVar): boolean {
  if (value === undefined || !name.startsWith('STAKATER_')) return false
  return (
    holdsStamp(value) || (isIncumbentHash(value) && /_(?:CONFIGMAP|SECRET|SECRETPROVIDERCLASS)$/.test(name))
  )
}

/**
 * A fingerprint of `template` without any stamp: a roll, or a stamp taken out again, does not change it, and anything else
 * that replaces pods does.
 */
export function templateHashOf(template: PodTemplate): string {
  const text = JSON.stringify(withoutStamps(template), sortFields)
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

function withoutStamps({ metadata, spec, ...rest }: PodTemplate): unknown {
  const { annotations, ...otherMetadata } = metadata ?? {}
  const { [LAST_RELOADED_FROM]: _stamp, ...otherAnnotations } = annotations ?? {}
  return {
    ...rest,
    metadata: { ...otherMetadata, ...unlessEmpty('annotations', otherAnnotations) },
    spec: {
      ...spec,
      ...(spec?.containers === undefined ? {} : { containers: spec.containers.map(withoutVariables) }),
      ...(spec?.initContainers === undefined
        ? {}
        : { initContainers: spec.initContainers.map(withoutVariables) }),
    },
  }
}

function withoutVariables({ env = [], ...rest }: Container): unknown {
  return {
    ...rest,
    ...unlessEmpty(
      'env',
      env.filter((variable) => !isStamp(variable)),
    ),
  }
}

/** A roll can leave an empty list behind where there was none; both mean the same. */
function unlessEmpty(field: string, value: object): object {
  return Object.keys(value).length === 0 ? {} : { [field]: value }
}

function sortFields(_field: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
