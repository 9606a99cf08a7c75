import { expect, test } from 'vitest'
import type { Contents } from './pod-contents.ts'
import { problemsOf, type Survey, type WorkloadSurvey } from './survey.ts'

const web = 'Deployment/default/web'
const db = 'StatefulSet/default/db'

function workload(
  name: string,
  revisions: readonly string[],
  pods: Readonly<Record<string, string>>,
): WorkloadSurvey {
  return {
    name,
    revisions: new Set(revisions),
    pods: Object.entries(pods).map(([uid, flag]) => ({ uid, runs: { FLAG: flag } })),
  }
}

const before: Survey = new Map([
  [web, workload('web', ['r1'], { a: 'off', b: 'off' })],
  [db, workload('db', ['s1'], { d: 'off' })],
])
const unmoved = workload('db', ['s1'], { d: 'off' })
const rolled = workload('web', ['r1', 'r2'], { x: 'on', y: 'on' })
const rolls = { [web]: { FLAG: 'on' } }

function problems(
  after: Readonly<Record<string, WorkloadSurvey>>,
  expected: Readonly<Record<string, Contents>> = rolls,
): readonly string[] {
  return problemsOf(before, new Map(Object.entries(after)), { rolls: expected })
}

test('one rollout, every pod new and with the new value, and nothing else: the act held', () => {
  expect(problems({ [web]: rolled, [db]: unmoved })).toEqual([])
})

test.each<[string, WorkloadSurvey, readonly string[]]>([
  [
    'nothing rolled',
    workload('web', ['r1'], { a: 'off', b: 'off' }),
    [
      'web was to roll once, and did not at all',
      'web still has 2 of its old pods',
      'web has 2 pods without the present FLAG',
    ],
  ],
  [
    'it rolled twice',
    workload('web', ['r1', 'r2', 'r3'], { x: 'on', y: 'on' }),
    ['web was to roll once, and did 2 times'],
  ],
  [
    'one old pod stayed',
    workload('web', ['r1', 'r2'], { a: 'on', y: 'on' }),
    ['web still has 1 of its old pods'],
  ],
  [
    'a new pod has the old value',
    workload('web', ['r1', 'r2'], { x: 'off', y: 'on' }),
    ['web has 1 pod without the present FLAG'],
  ],
  ['a pod is missing', workload('web', ['r1', 'r2'], { x: 'on' }), ['web has 1 pod']],
])('it fails when %s', (_name, after, expected) => {
  expect(problems({ [web]: after, [db]: unmoved })).toEqual(expected)
})

test('it fails when a workload moves that was to be left alone', () => {
  const again = workload('db', ['s1', 's2'], { e: 'off' })
  expect(problems({ [web]: rolled, [db]: again })).toEqual(['db was not to roll, and did once'])
  const lost = workload('db', ['s1'], { e: 'off' })
  expect(problems({ [web]: rolled, [db]: lost })).toEqual(['db lost 1 of its pods'])
})

test('it fails when a workload is gone, or was never there', () => {
  expect(problems({ [web]: rolled })).toEqual(['db is gone'])
  const missing = { 'Deployment/default/other': { FLAG: 'on' } }
  const after = { [web]: workload('web', ['r1'], { a: 'off', b: 'off' }), [db]: unmoved }
  expect(problems(after, missing)).toEqual(['Deployment/default/other is not there'])
})
