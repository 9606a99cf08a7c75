import { describe, expect, it } from 'vitest'
import {
  contentOf,
  type DecisionCase,
  LISTED,
  observationOf,
  second,
  there,
} from '../../../test/decision-case.ts'
import type { TemplateStamps } from '../../types/workload.ts'
import { DELETE_MARKER_HASH } from './incumbent-hash.ts'
import { type IncumbentVerdict, incumbentVerdict } from './incumbent-verdict.ts'

const HASH = 'b'.repeat(40)
const OTHER = 'c'.repeat(40)

interface Case {
  readonly stamps?: TemplateStamps
  /** The SHA-1 of the present content; null: nobody asked for it. */
  readonly present?: string | null
  readonly written?: number
  readonly rolledOut?: number
  readonly strategy?: 'env-vars' | 'annotations'
  /** The followed configs; the first is judged. */
  readonly names?: readonly string[]
}

function variables(...values: readonly string[]): TemplateStamps {
  return {
    variables: values.map((value) => ({ container: 'app', name: 'STAKATER_MY_CONF_CONFIGMAP', value })),
  }
}

function annotation(fields: object): TemplateStamps {
  const value = { type: 'CONFIGMAP', name: 'my-conf', namespace: 'shop', hash: HASH, ...fields }
  return { variables: [], annotation: JSON.stringify(value) }
}

function verdict({
  stamps = variables(HASH),
  written,
  rolledOut,
  names = ['my-conf'],
  ...rest
}: Case): IncumbentVerdict {
  const { present = OTHER, strategy = 'env-vars' } = rest
  const [name = ''] = names
  const subject: DecisionCase['workload'] = {
    ...LISTED,
    stamps,
    ...(rolledOut === undefined ? {} : { lastRolloutTime: second(rolledOut) }),
  }
  const observation = observationOf({
    workload: subject,
    sees: Object.fromEntries(names.map((each) => [each, there('10', 'A', { name: each })])),
    policy: { strategy },
  })
  const [first] = observation.configs
  if (first === undefined) throw new Error('Cannot judge: nothing is followed')
  const content = contentOf('10', 'A', { name, ...(written === undefined ? {} : { written }) })
  return incumbentVerdict(
    observation,
    first,
    present === null ? content : { ...content, incumbentHash: present },
  )
}

describe('the stamp of the incumbent', () => {
  it.each<readonly [string, Case, IncumbentVerdict]>([
    ['there is none', { stamps: variables() }, undefined],
    ['is that of the present content', { present: HASH }, 'current'],
    [
      'stands twice, once as the present content',
      { stamps: variables(OTHER, HASH), present: HASH },
      'current',
    ],
    ['differs, the pods are older than the data', { written: 20, rolledOut: 10 }, 'stale'],
    ['differs, the pods are as old as the data', { written: 10, rolledOut: 10 }, 'fresh'],
    ['differs, the pods are younger than the data', { written: 10, rolledOut: 20 }, 'fresh'],
    ['differs, nobody knows when data were written', { rolledOut: 10 }, 'fresh'],
    ['differs, nobody knows when it was rolled out', { written: 20 }, 'fresh'],
    [
      'is that of a deletion',
      { stamps: variables(DELETE_MARKER_HASH), written: 20, rolledOut: 10 },
      undefined,
    ],
    ['is no SHA-1', { stamps: variables('B'.repeat(40)) }, undefined],
    ['is not compared with anything', { present: null, written: 20, rolledOut: 10 }, undefined],
    [
      'stands in a variable that two followed configs share, and is the one’s',
      { names: ['my-conf', 'my.conf'], present: HASH },
      'current',
    ],
    [
      'stands in a variable that two followed configs share, and is not the one’s',
      { names: ['my-conf', 'my.conf'], written: 20, rolledOut: 10 },
      undefined,
    ],
  ])('%s', (_what, each, expected) => {
    expect(verdict(each)).toBe(expected)
  })
})

describe('its annotation', () => {
  const annotated = { strategy: 'annotations', stamps: annotation({}), written: 20, rolledOut: 10 } as const
  it.each<readonly [string, Case, IncumbentVerdict]>([
    ['differs', annotated, 'stale'],
    ['is that of the present content', { ...annotated, present: HASH }, 'current'],
    ['is of another config', { ...annotated, stamps: annotation({ name: 'other' }) }, undefined],
    ['is of another type', { ...annotated, stamps: annotation({ type: 'SECRET' }) }, undefined],
    ['is of another namespace', { ...annotated, stamps: annotation({ namespace: 'bank' }) }, undefined],
    ['is ours', { ...annotated, stamps: annotation({ sources: [] }) }, undefined],
    ['is no JSON', { ...annotated, stamps: { variables: [], annotation: '{' } }, undefined],
    ['counts for nothing under env-vars', { ...annotated, strategy: 'env-vars' }, undefined],
    [
      'names its config, though a variable would be shared',
      { ...annotated, names: ['my-conf', 'my.conf'] },
      'stale',
    ],
  ])('%s', (_what, each, expected) => {
    expect(verdict(each)).toBe(expected)
  })

  it('is all that counts under the annotations strategy', () => {
    expect(verdict({ strategy: 'annotations', stamps: variables(HASH), present: HASH })).toBeUndefined()
  })
})
