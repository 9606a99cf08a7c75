import { expect, test } from 'vitest'
import { resourceOf } from '../object/resources.ts'
import { parseSelectors } from './selectors.ts'

const OBJECTS = [
  { name: 'a', labels: { x: '1', y: '' } },
  { name: 'b', labels: { x: '2' } },
  { name: 'c', labels: { 'example.com/z': '10' } },
].map(({ name, labels }) => ({
  kind: 'Event',
  apiVersion: 'v1',
  metadata: { name, namespace: 'n', labels },
  involvedObject: { kind: 'Pod', name },
  source: { component: `from-${name}` },
}))

function selected(query: Record<string, string>): string {
  const matches = parseSelectors(new URLSearchParams(query), resourceOf('Event'))
  return OBJECTS.filter((each) => matches(each))
    .map(({ metadata }) => metadata.name)
    .join('')
}

const LABELS = [
  ['', 'abc'],
  ['x', 'ab'],
  ['!x', 'c'],
  ['x=1', 'a'],
  ['x==2', 'b'],
  ['x!=1', 'bc'],
  ['x in (1,2)', 'ab'],
  ['x in (1, 3),y', 'a'],
  ['x notin (1)', 'bc'],
  ['y=', 'a'],
  ['y in ()', 'a'],
  ['example.com/z>9', 'c'],
  ['example.com/z<9', ''],
  ['in in (1)', ''],
] as const

test.each(LABELS)('the label selector "%s" selects "%s"', (labelSelector, names) => {
  expect(selected({ labelSelector })).toBe(names)
})

test.each(['x=a b', 'x in 1', 'x,,y', 'x=1,', '!', '=1', 'x=(', 'x>y', 'a/b/c', `x=${'1'.repeat(64)}`])(
  'the label selector "%s" is refused',
  (labelSelector) => {
    expect(() => selected({ labelSelector })).toThrow()
  },
)

const FIELDS = [
  ['metadata.name=a', 'a'],
  ['metadata.name!=a,metadata.namespace=n', 'bc'],
  ['involvedObject.name==b', 'b'],
  ['source=from-c', 'c'],
  ['reason=', 'abc'],
] as const

test.each(FIELDS)('the field selector "%s" selects "%s"', (fieldSelector, names) => {
  expect(selected({ fieldSelector })).toBe(names)
})

test.each(['spec.x=1', 'metadata.name'])('the field selector "%s" is refused', (fieldSelector) => {
  expect(() => selected({ fieldSelector })).toThrow()
})
