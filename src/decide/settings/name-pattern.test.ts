import { describe, expect, it } from 'vitest'
import type { NamePattern } from '../../types/settings.ts'
import { MAX_PATTERN_LENGTH, matchesOnlyItself, readPattern } from './name-pattern.ts'

function patternOf(text: string): NamePattern {
  const read = readPattern(text)
  if ('problem' in read) throw new Error(read.problem)
  return read.pattern
}

function problemOf(text: string): string {
  const read = readPattern(text)
  if ('pattern' in read) throw new Error(`Cannot find a problem: ${text} was taken`)
  return read.problem
}

const NAMES = ['a', 'b', 'ab', 'xb', 'ax', 'foo', 'a-c', 'abc', '', 'x', 'foo-{1', 'xx']

describe('readPattern', () => {
  // Each row was tried with Go's regexp: "^" + entry + "$".
  it.each([
    ['*', NAMES],
    ['?', NAMES],
    ['.*', NAMES],
    ['+', ['']],
    ['a|b', ['a', 'b', 'ab', 'xb', 'ax', 'a-c', 'abc']],
    ['a$b', []],
    ['(?m)a', ['a']],
    ['\\z', ['']],
    ['(?<n>x)', ['x']],
    ['\\pL+', ['a', 'b', 'ab', 'xb', 'ax', 'foo', 'abc', 'x', 'xx']],
    ['foo-{1', ['foo-{1']],
    ['(?i)FOO', ['foo']],
    ['^x$', ['x']],
    ['\\d', []],
    ['\\', []],
    ['a.c', ['a-c', 'abc']],
    ['..', ['ab', 'xb', 'ax', 'xx']],
    ['(a|b)-c', ['a-c']],
    ['foo', ['foo']],
  ])('%j matches as in the incumbent', (text, matched) => {
    expect(NAMES.filter(patternOf(text).matches)).toEqual(matched)
  })

  it.each([
    ['a{1001}', 'invalid repeat count'],
    ['(((a{100}){100}){100})', 'invalid repeat count'],
    ['a**', 'invalid nested repetition operator'],
    ['**', 'invalid nested repetition operator'],
    ['[', 'missing closing ]'],
    ['([', 'missing closing ]'],
    ['(', 'missing closing )'],
    ['a)|(b', 'unexpected )'],
    ['(?=a)', 'invalid or unsupported Perl syntax'],
  ])('%j is no expression of RE2, and the reason is told', (text, reason) => {
    expect(problemOf(text)).toMatch(/^not a regular expression of RE2: /)
    expect(problemOf(text)).toContain(reason)
  })

  it.each([
    ['shop/web', 'without the namespace'],
    ['My-Config', 'no object can have this name'],
    ['my_config', 'no object can have this name'],
    ['-a', 'no object can have this name'],
    ['MY.CONFIG', 'no object can have this name'],
    ['a'.repeat(254), 'no name is longer than 253 characters'],
    [`${'a'.repeat(MAX_PATTERN_LENGTH)}*`, 'more than 512 characters'],
    [`(${'a?'.repeat(200)}){1000}`, 'too large'],
    ['(a?){1000}', 'too large'],
  ])('%s can match nothing or costs too much, and the reason is told', (text, reason) => {
    expect(problemOf(text)).toContain(reason)
  })

  it('takes an entry that can match no name but is no mistake by itself', () => {
    expect(patternOf('^$').matches('a')).toBe(false)
    expect(patternOf('a..b').matches('a-xb')).toBe(true)
  })

  it('ends on expressions that cost a backtracking engine for ever', () => {
    const name = `${'a'.repeat(5_000)}!`
    for (const text of ['(a+)+', '(a|a?)+', '(a*)*b', '(.*)(.*)(.*)(.*)(.*)x', '([a-z]+)*-']) {
      expect(patternOf(text).matches(name)).toBe(false)
    }
  })

  it('gives the same expression the same compiled pattern', () => {
    expect(readPattern('web-.+')).toBe(readPattern('web-.+'))
  })

  it('stays bounded: far more expressions than it keeps still match', () => {
    for (let index = 0; index < 2_500; index++)
      expect(patternOf(`web-${index}-.*`).matches(`web-${index}-a`)).toBe(true)
  })
})

describe('a literal', () => {
  it.each([
    ['my-config', true, true],
    ['my.config', true, false],
    ['a..b', false, false],
    ['my-.*', false, false],
  ])('%j: literal %s, matches only itself %s', (text, literal, only) => {
    expect(patternOf(text).literal).toBe(literal)
    expect(matchesOnlyItself(patternOf(text))).toBe(only)
  })

  it('with a dot matches any one character there, as in the incumbent', () => {
    const { matches } = patternOf('my.config')
    expect(['my.config', 'my-config', 'myxconfig', 'myconfig', 'my.config2'].map(matches)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })
})
