import { expect, test } from 'vitest'
import { problemText } from './problem-text.ts'

test('an error is one line of text, whatever was thrown', () => {
  expect(problemText(new Error(' it failed:\n  twice \n'))).toBe('it failed:; twice')
  expect(problemText('no error at all')).toBe('no error at all')
  expect(problemText(undefined)).toBe('undefined')
})

test('of several tries the first is told', () => {
  const tries = [new Error('connect ECONNREFUSED ::1:443'), new Error('connect ECONNREFUSED 127.0.0.1:443')]
  expect(problemText(new AggregateError(tries, 'all failed'))).toBe('connect ECONNREFUSED ::1:443')
  expect(problemText(new AggregateError([], 'all failed'))).toBe('all failed')
})
