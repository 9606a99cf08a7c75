import { describe, expect, it } from 'vitest'
import { parseGoDuration } from './go-duration.ts'

describe('parseGoDuration', () => {
  // Each row was tried with time.ParseDuration of Go.
  it.each([
    ['0', 0],
    ['-0', 0],
    ['+0', 0],
    ['0s', 0],
    ['00h', 0],
    ['300ms', 300],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['.5s', 500],
    ['5.s', 5_000],
    ['-1.5s', -1_500],
    ['-.5m', -30_000],
    ['1us', 0.001],
    ['1\u00b5s', 0.001],
    ['1\u03bcs', 0.001],
    ['1ns', 1e-6],
    ['2562047h', 9_223_369_200_000],
  ])('reads %j as Go does: %d ms', (text, ms) => {
    expect(parseGoDuration(text)).toBe(ms)
  })

  it.each([
    ['5', 'a unit is missing'],
    ['1h1', 'a unit is missing'],
    ['', 'it is empty'],
    ['-', 'it is empty'],
    ['s', 'a number is missing'],
    ['.s', 'a number is missing'],
    ['1..5s', 'a unit is missing'],
    ['1e3s', 'the unit "e" is unknown'],
    ['1s 2s', 'the unit "s " is unknown'],
    [' 1s', 'a number is missing'],
    ['1d', 'the unit "d" is unknown'],
    ['3m+1s', 'the unit "m+" is unknown'],
    ['1_000s', 'the unit "_" is unknown'],
    ['1toString', 'the unit "toString" is unknown'],
    ['2562048h', 'it is longer than a duration can be'],
  ])('refuses %j, as Go does, and says that %s', (text, why) => {
    expect(() => parseGoDuration(text)).toThrow(`Cannot read the duration ${JSON.stringify(text)}: ${why}`)
  })
})
