import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextTime, parseSchedule } from './cron-schedule.ts'

/** The next times as text, minutes only. */
function next(schedule: string, after: string, zone = 'UTC', count = 1): readonly string[] {
  const parsed = parseSchedule(schedule)
  const times: string[] = []
  let time = new Date(after)
  for (let found = 0; found < count; found += 1) {
    const following = nextTime(parsed, time, zone)
    if (following === undefined) break
    times.push(following.toISOString().slice(0, 16))
    time = following
  }
  return times
}

test.each([
  ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01'],
  ['* * * * *', '2026-01-01T00:00:59Z', '2026-01-01T00:01'],
  ['*/15 * * * *', '2026-01-01T00:46:00Z', '2026-01-01T01:00'],
  ['5/20 * * * *', '2026-01-01T00:06:00Z', '2026-01-01T00:25'],
  ['0 9-17/4 * * *', '2026-01-01T10:00:00Z', '2026-01-01T13:00'],
  ['30 2 1,15 * *', '2026-01-02T00:00:00Z', '2026-01-15T02:30'],
  ['0 0 31 * *', '2026-04-01T00:00:00Z', '2026-05-31T00:00'],
  ['0 0 29 feb *', '2026-01-01T00:00:00Z', '2028-02-29T00:00'],
  ['0 12 * * mon-fri', '2026-01-02T13:00:00Z', '2026-01-05T12:00'],
  ['@weekly', '2026-01-01T00:00:00Z', '2026-01-04T00:00'],
  ['@hourly', '2026-12-31T23:30:00Z', '2027-01-01T00:00'],
])('%s after %s is %s', (schedule, after, expected) => {
  expect(next(schedule, after)).toEqual([expected])
})

test('a day of the month or a day of the week is enough where both are given', () => {
  expect(next('0 0 13 * fri', '2026-02-01T00:00:00Z', 'UTC', 3)).toEqual([
    '2026-02-06T00:00',
    '2026-02-13T00:00',
    '2026-02-20T00:00',
  ])
})

test('a schedule that no day fits has no next time', () => {
  expect(next('0 0 31 2 *', '2026-01-01T00:00:00Z')).toEqual([])
})

test('a schedule keeps to the clocks of its time zone', () => {
  expect(next('0 9 * * *', '2026-03-28T00:00:00Z', 'Europe/Berlin', 2)).toEqual([
    '2026-03-28T08:00',
    '2026-03-29T07:00',
  ])
})

test('a time that clocks skip does not come, one that they repeat comes once', () => {
  expect(next('30 2 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin')).toEqual(['2026-03-30T00:30'])
  expect(next('30 2 * * *', '2026-10-24T12:00:00Z', 'Europe/Berlin', 2)).toEqual([
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ])
})

test.each([
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['@often', 'unrecognized descriptor: @often'],
])('%s is refused: %s', (schedule, message) => {
  expect(() => parseSchedule(schedule)).toThrow(message)
})

test('no minute between a time and the next one fits the schedule', () => {
  const minute = fc.integer({ min: 0, max: 59 })
  const hour = fc.integer({ min: 0, max: 23 })
  const start = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(minute, hour, start, (m, h, after) => {
      const found = nextTime(parseSchedule(`${m} ${h} * * *`), after)
      expect(found).toBeDefined()
      const wait = (found?.getTime() ?? 0) - after.getTime()
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(86_400_000)
      expect([found?.getUTCMinutes(), found?.getUTCHours()]).toEqual([m, h])
    }),
  )
})
