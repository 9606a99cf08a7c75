import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isObject, type Json, type JsonObject } from '../embedded/object/json.ts'
import { jsonPatch } from '../embedded/patch/json-patch.ts'
import { strategicMergePatch } from '../embedded/patch/strategic-merge-patch.ts'
import { structOf } from '../embedded/schema/schema.ts'
import type { StampChange } from '../types/workload.ts'
import { pointerOf, preconditions, TemplateMismatch, templateOperations } from './json-patch.ts'
import { rolloutPatch } from './patch.ts'

const PATH = ['spec', 'template']
const NO_CHANGE: StampChange = { set: [], remove: [], annotations: {}, recordFirst: false }
const PLANNED = {
  ref: { kind: 'Deployment', namespace: 'shop', name: 'web' },
  uid: 'web-uid',
  resourceVersion: '100',
} as const

function json(value: unknown): JsonObject {
  const parsed: Json = JSON.parse(JSON.stringify(value))
  if (!isObject(parsed)) throw new Error('Cannot patch: not an object')
  return parsed
}

function withTemplate(template: unknown): JsonObject {
  return json({ metadata: { uid: 'web-uid', resourceVersion: '100' }, spec: { template } })
}

function patched(object: JsonObject, change: StampChange): JsonObject {
  const operations = [...preconditions(PLANNED), ...templateOperations(object, change, PATH)]
  return json(
    jsonPatch(
      object,
      operations.map((each) => json(each)),
    ),
  )
}

/** A list or map that is empty means the same as none; and a merge puts new variables first, where none depends on another. */
function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutEmpty).sort(byText)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, each]) => [name, withoutEmpty(each ?? null)] as const)
  return Object.fromEntries(
    entries.filter(([, each]) => JSON.stringify(each) !== '{}' && JSON.stringify(each) !== '[]'),
  )
}

function byText(a: Json, b: Json): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}

const NAMES = ['STAKATER_A_CONFIGMAP', 'STAKATER_B_SECRET', 'MINE', 'OTHER']
const name = fc.constantFrom(...NAMES)
const variable = fc.oneof(
  fc.record({ name, value: fc.constantFrom('v', 'w') }),
  fc.record({ name: fc.constant('FROM'), valueFrom: fc.constant({ secretKeyRef: { name: 's', key: 'k' } }) }),
)
const env = fc.uniqueArray(variable, { selector: (each) => each.name, maxLength: 5 })
const container = (label: string) =>
  fc.oneof(fc.constant({ name: label }), fc.record({ name: fc.constant(label), env }))
const KEYS = ['a/b', 'a~b', 'a~1b', 'c']
const annotations = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom('1', '2'))
const template = fc.record(
  {
    metadata: fc.oneof(fc.constant({}), fc.record({ annotations }), fc.constant({ labels: { app: 'web' } })),
    spec: fc.record(
      {
        containers: fc.tuple(container('app'), container('side')),
        initContainers: fc.tuple(container('setup')),
      },
      { requiredKeys: ['containers', 'initContainers'] },
    ),
  },
  { requiredKeys: ['spec'] },
)
const place = fc.constantFrom('app', 'side')
const change: fc.Arbitrary<StampChange> = fc.record({
  set: fc.uniqueArray(fc.record({ container: place, name, value: fc.constantFrom('x', 'y') }), {
    selector: ({ container, name: of }) => `${container}/${of}`,
    maxLength: 4,
  }),
  remove: fc.array(
    fc.oneof(
      fc.record({ container: place, name, value: fc.constant('') }),
      fc.record({
        container: fc.constant('setup'),
        name,
        value: fc.constant(''),
        init: fc.constant(true as const),
      }),
    ),
    { maxLength: 4 },
  ),
  annotations: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom('3', null)),
  recordFirst: fc.constant(false),
})

/** What a roll plans: nothing is both set and taken out of one place. */
function planned({ set, remove, ...rest }: StampChange): StampChange {
  const places = new Set(set.map((each) => `${each.container}/${each.name}`))
  return { ...rest, set, remove: remove.filter((each) => !places.has(`${each.container}/${each.name}`)) }
}

test('a JSON patch leaves the template that the strategic merge patch leaves', () => {
  fc.assert(
    fc.property(template, change, (shape, wanted) => {
      const object = withTemplate(shape)
      const plan = planned(wanted)
      const merged = strategicMergePatch(object, json(rolloutPatch(PLANNED, plan)), structOf('Deployment'))
      expect(withoutEmpty(patched(object, plan))).toEqual(withoutEmpty(merged))
    }),
  )
})

test('it names the object and the version that it was planned from, before anything else', () => {
  expect(preconditions(PLANNED)).toEqual([
    { op: 'test', path: '/metadata/uid', value: 'web-uid' },
    { op: 'replace', path: '/metadata/resourceVersion', value: '100' },
  ])
})

const SET = { container: 'app', name: 'STAKATER_A_CONFIGMAP', value: 'v' }
const ANNOTATION = { 'a/b~c': 'v' }

test.each<[string, unknown, Partial<StampChange>, unknown]>([
  ['an env that is missing', {}, { set: [SET] }, [{ name: SET.name, value: 'v' }]],
  ['an env that is null', { env: null }, { set: [SET] }, [{ name: SET.name, value: 'v' }]],
  ['an env that is empty', { env: [] }, { set: [SET] }, [{ name: SET.name, value: 'v' }]],
  [
    'a variable of that name with a valueFrom',
    {
      env: [
        { name: SET.name, valueFrom: {} },
        { name: 'B', value: '' },
      ],
    },
    { set: [SET] },
    [
      { name: SET.name, value: 'v' },
      { name: 'B', value: '' },
    ],
  ],
  [
    'several variables of that name',
    { env: [{ name: SET.name, value: '1' }, { name: 'B' }, { name: SET.name, value: '2' }] },
    { set: [SET] },
    [{ name: SET.name, value: 'v' }, { name: 'B' }],
  ],
  [
    'several to be taken out',
    { env: [{ name: 'A' }, { name: 'B' }, { name: 'A' }, { name: 'C' }] },
    {
      remove: [
        { container: 'app', name: 'A', value: '' },
        { container: 'app', name: 'C', value: '' },
      ],
    },
    [{ name: 'B' }],
  ],
])('it writes into %s', (_, container, wanted, expected) => {
  const object = withTemplate({
    spec: { containers: [{ name: 'side' }, { name: 'app', ...Object(container) }] },
  })
  expect(patched(object, { ...NO_CHANGE, ...wanted })).toMatchObject({
    spec: { template: { spec: { containers: [{ name: 'side' }, { name: 'app', env: expected }] } } },
  })
})

test.each([
  ['none at all', undefined],
  ['metadata that is null', null],
  ['metadata without annotations', { labels: { app: 'web' } }],
  ['annotations that are null', { annotations: null }],
  ['others', { annotations: { other: '1' } }],
  ['that one', { annotations: { 'a/b~c': 'old' } }],
])('it annotates a template with %s', (_, metadata) => {
  const object = withTemplate({ metadata, spec: { containers: [] } })
  expect(patched(object, { ...NO_CHANGE, annotations: ANNOTATION })).toMatchObject({
    spec: { template: { metadata: { annotations: ANNOTATION } } },
  })
})

test('it does nothing about an annotation to be taken out that is not there', () => {
  expect(templateOperations(withTemplate({}), { ...NO_CHANGE, annotations: { gone: null } }, PATH)).toEqual(
    [],
  )
})

test('a container that is not there is no place to write to', () => {
  const object = withTemplate({ spec: { containers: [{ name: 'other' }] } })
  expect(() => templateOperations(object, { ...NO_CHANGE, set: [SET] }, PATH)).toThrow(TemplateMismatch)
})

test('a pointer escapes what separates its parts', () => {
  expect(pointerOf(['metadata', 'annotations', 'a/b~c'])).toBe('/metadata/annotations/a~1b~0c')
})
