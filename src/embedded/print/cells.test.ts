import { describe, expect, test } from 'vitest'
import { firstAt } from '../custom/json-path.ts'
import { toApiObject } from '../object/api-object.ts'
import { humanDuration, selectorText } from './cells.ts'
import { WORKLOAD_PRINTERS } from './workload-printers.ts'

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400]

describe('a duration is told in at most two units', () => {
  test.each([
    [-2, '<invalid>'],
    [-1, '0s'],
    [0, '0s'],
    [119, '119s'],
    [2 * MINUTE, '2m'],
    [2 * MINUTE + 3, '2m3s'],
    [10 * MINUTE + 3, '10m'],
    [3 * HOUR, '3h'],
    [3 * HOUR + 5 * MINUTE, '3h5m'],
    [47 * HOUR, '47h'],
    [2 * DAY + 5 * HOUR, '2d5h'],
    [9 * DAY, '9d'],
    [3 * 365 * DAY + 4 * DAY, '3y4d'],
    [9 * 365 * DAY, '9y'],
  ])('%i s is %s', (seconds, text) => {
    expect(humanDuration((seconds + (seconds < 0 ? -0.5 : 0.5)) * 1000)).toBe(text)
  })
})

test('a selector stands in the order of its keys', () => {
  const matchExpressions = [
    { key: 'd', operator: 'DoesNotExist' },
    { key: 'a', operator: 'In', values: ['y', 'x'] },
    { key: 'c', operator: 'Exists' },
  ]
  expect(selectorText({ matchLabels: { b: '1' }, matchExpressions })).toBe('a in (x,y),b=1,c,!d')
  expect([selectorText(undefined), selectorText({})]).toEqual(['<none>', '<none>'])
})

describe('the state of a Job', () => {
  const now = new Date('2020-01-01T01:00:00Z')
  const startTime = '2020-01-01T00:00:00Z'
  const condition = (type: string) => ({ conditions: [{ type, status: 'True' }] })
  test.each([
    [{ completions: 3 }, { succeeded: 1, startTime }, ['Running', '1/3', '60m']],
    [{ parallelism: 2 }, {}, ['Running', '0/1 of 2', '']],
    [
      {},
      { ...condition('Complete'), startTime, completionTime: '2020-01-01T00:00:05Z' },
      ['Complete', '0/1', '5s'],
    ],
    [{}, condition('Suspended'), ['Suspended', '0/1', '']],
  ])('%j %j', (spec, status, cells) => {
    const job = toApiObject({ kind: 'Job', metadata: { name: 'j' }, spec, status })
    expect(WORKLOAD_PRINTERS.Job?.cells(job, now).slice(1, 4)).toEqual(cells)
  })
})

describe('a JSON path finds the first value', () => {
  const object = {
    spec: {
      list: [
        { name: 'a', n: 1 },
        { name: 'b', n: 2 },
      ],
      'x.y': 3,
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  }
  test.each([
    ['.spec.list[1].n', 2],
    ['.spec.list[-1].n', 2],
    ['.spec.list[*].name', 'a'],
    ["$['spec']", undefined],
    [".spec['x.y']", 3],
    ['.spec.x\\.y', 3],
    ['.status.conditions[?(@.type=="Ready")].status', 'True'],
    ['.status.conditions[?(@.type=="Other")].status', undefined],
    ['.none.at.all', undefined],
  ])('%s', (path, value) => {
    expect(firstAt(object, path)).toEqual(value)
  })
})
