// Tables about one config, as tests: a row says when, what is observed, the outcome as `kind Reason`, and what is then recorded.
import { expect, test } from 'vitest'
import type { ConfigRecord } from '../src/types/record.ts'
import { outcomeOf, type Row } from './decision-case.ts'

export type Case = readonly [when: string, row: Row, outcome: string, next: ConfigRecord | undefined]

/** One test for each row. */
export function holds(rows: readonly Case[]): void {
  test.each(rows)('%s', (_when, row, outcome, next) => {
    const decided = outcomeOf(row)
    expect(decided.outcome).toBe(outcome)
    expect(decided.next).toEqual(next)
  })
}
