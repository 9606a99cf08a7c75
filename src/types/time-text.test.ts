import { expect, test } from 'vitest'
import { timeText } from './time-text.ts'

test('a time is written in whole seconds, what is beyond cut off', () => {
  expect(timeText(Date.parse('2026-11-21T10:00:00.999Z'))).toBe('2026-11-21T10:00:00Z')
})
