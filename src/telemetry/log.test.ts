import { describe, expect, test } from 'vitest'
import type { LineWriter } from './line-writer.ts'
import { createLog, LOG_LEVELS, type Log, type LogLevel, type LogOptions } from './log.ts'

const START = Date.parse('2026-11-21T10:00:00Z')

/** A log that keeps its lines, at a time that the test moves. */
function logInMemory(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const clock = { nowMs: START }
  let dropped = 0
  const writer: LineWriter = {
    write: (line) => lines.push(line),
    takeDropped: () => dropped,
    flush: async () => {},
  }
  const log = createLog({ level: 'info', format: 'text', writer, now: () => clock.nowMs, ...options })
  return {
    log,
    lines,
    clock,
    drop: (count: number) => {
      dropped = count
    },
  }
}

describe('the form of a line', () => {
  test("text reads like logrus' text format", () => {
    const { log, lines } = logInMemory()
    log.info('Rolled a workload', {
      workload: 'Deployment/shop/web',
      configs: 2,
      dryRun: false,
      skipped: undefined,
    })
    expect(lines).toEqual([
      'time="2026-11-21T10:00:00Z" level=info msg="Rolled a workload" workload=Deployment/shop/web configs=2 dryRun=false\n',
    ])
  })

  test('text quotes whatever would make a line ambiguous, and stays one line', () => {
    const { log, lines } = logInMemory()
    log.warn('one\ntwo', { empty: '', spaced: 'a b', quoted: 'a"b', equals: 'a=b' })
    expect(lines).toEqual([
      'time="2026-11-21T10:00:00Z" level=warning msg="one\\ntwo" empty="" spaced="a b" quoted="a\\"b" equals="a=b"\n',
    ])
  })

  test("json has logrus' keys, and no field can take their place", () => {
    const { log, lines } = logInMemory({ format: 'json' })
    log.error('Cannot patch', { workload: 'Deployment/shop/web', attempt: 3, msg: 'other' })
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'error',
        msg: 'Cannot patch',
        time: '2026-11-21T10:00:00Z',
        workload: 'Deployment/shop/web',
        attempt: 3,
        'fields.msg': 'other',
      },
    ])
  })

  test('a value of megabytes is cut', () => {
    const { log, lines } = logInMemory()
    log.error('x', { error: 'e'.repeat(5_000_000) })
    expect(lines[0]?.length).toBeLessThan(5000)
    expect(lines[0]).toContain('(4995904 more characters)')
  })
})

describe('levels', () => {
  const methods: readonly (readonly [keyof Log, LogLevel])[] = [
    ['debug', 'debug'],
    ['info', 'info'],
    ['warn', 'warning'],
    ['error', 'error'],
  ]

  test.each(LOG_LEVELS)('%s leaves out what is below it', (level) => {
    const { log, lines } = logInMemory({ level })
    log.debug('x')
    log.info('x')
    log.warn('x')
    log.error('x')
    const written = methods.filter(([, name]) => lines.some((line) => line.includes(`level=${name} `)))
    const expected = methods.filter(([, name]) => LOG_LEVELS.indexOf(name) >= LOG_LEVELS.indexOf(level))
    expect(written).toEqual(expected)
    expect(log.isEnabled(level)).toBe(true)
  })
})

describe('the number of lines', () => {
  test('of a roll of thousands of workloads at once is theirs', () => {
    const { log, lines } = logInMemory()
    for (let i = 0; i < 5_000; i++) log.info(`rolled ${i}`)
    expect(lines).toHaveLength(5_000)
  })

  test('is bounded for each second in the long run, and the next line says how many were left out', () => {
    const { log, lines, clock } = logInMemory({ maxLinesPerSecond: 3, maxLinesAtOnce: 10 })
    const written: number[] = []
    for (const seconds of [0, 1, 1, 100]) {
      clock.nowMs += seconds * 1_000
      lines.length = 0
      for (let i = 0; i < 20; i++) log.info(`line ${i}`)
      written.push(lines.filter((line) => line.includes('level=info')).length)
    }
    expect(written).toEqual([10, 3, 3, 10])
    expect(lines[0]).toMatch(/level=warning .* lines=17$/m)
  })

  test('leaves room for warnings when plain lines used up theirs', () => {
    const { log, lines } = logInMemory({ maxLinesAtOnce: 2 })
    for (let i = 0; i < 10; i++) log.info('plain')
    log.warn('important')
    expect(lines.filter((line) => line.includes('important'))).toHaveLength(1)
  })

  test('is told at the end, too', async () => {
    const { log, lines } = logInMemory({ maxLinesAtOnce: 1 })
    log.info('one')
    log.info('two')
    await log.flush()
    expect(lines.at(-1)).toContain('lines=1')
  })

  test('counts what a full buffer dropped', async () => {
    const { log, lines, drop } = logInMemory()
    drop(5)
    await log.flush()
    expect(lines.at(-1)).toContain('lines=5')
  })
})
