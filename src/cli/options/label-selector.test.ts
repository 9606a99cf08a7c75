import { expect, test } from 'vitest'
import { toLabelSelector } from './label-selector.ts'

test.each([
  [[], undefined],
  [[''], undefined],
  [['key:value'], 'key=value'],
  [['key:*'], 'key'],
  [['key=*'], 'key'],
  [['a:1', 'b=2'], 'a=1,b=2'],
  // The incumbent makes `a=1,b` of this one.
  [['a:1,b:2'], 'a=1,b=2'],
  [['"a:1,b:*"'], 'a=1,b'],
  [["'a:1'"], 'a=1'],
  [['"a:1"', '"b:2"'], 'a=1,b=2'],
  [['a:'], 'a='],
  [['a==1', 'b!=2', '!c', 'd'], 'a==1,b!=2,!c,d'],
  // A CSV flag cuts the set in two; together they are one term again.
  [['env in (dev', 'test)', 'x:y'], 'env in (dev,test),x=y'],
  [['env notin (a,b)'], 'env notin (a,b)'],
  [['cores>4', 'cores < 10'], 'cores>4,cores < 10'],
  [['kubernetes.io/metadata.name:prod'], 'kubernetes.io/metadata.name=prod'],
])('the elements %j are the selector %j', (elements, selector) => {
  expect(toLabelSelector(elements)).toBe(selector)
})

test.each([
  [['a:b:c'], "'a:b:c' has more than one colon; write key:value"],
  [['a b'], "'a b' is not a label selector; write key, key=value or key in (a,b)"],
  [['env in (a'], "'env in (a' is not a label selector; write key, key=value or key in (a,b)"],
  [['a==*'], "'*' is not a value of letters, digits and inner - _ ."],
  [['-a=b'], "'-a' is not a name of letters, digits and inner - _ ."],
  [['UP.example/a'], "'UP.example' before the slash is not a DNS name in lower case"],
  [[`a=${'x'.repeat(64)}`], `'${'x'.repeat(64)}' is longer than 63 characters`],
  [[`${'x'.repeat(64)}=a`], `'${'x'.repeat(64)}' is longer than 63 characters`],
  [['cores>many'], "'cores>many' is not a label selector; write key, key=value or key in (a,b)"],
])('the elements %j are refused', (elements, message) => {
  expect(() => toLabelSelector(elements)).toThrow(message)
})

test('a long run of parentheses is refused at once', () => {
  expect(() => toLabelSelector(['('.repeat(50_000)])).toThrow('is not a label selector')
})
