import { getEventListeners } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { FakeClient } from '../../test/fake/fake-client.ts'
import { createLeaderTerm, LeaseLost } from '../controller/election/leader-term.ts'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { parseCommand } from './options/options.ts'
import { type Acting, runTerm, type TermParts } from './term.ts'
import { wireWatches } from './wire-watches.ts'

const BUILD = { version: 'test', commit: 'test' }
const SILENT = { write: () => {}, takeDropped: () => 0, flush: async () => {} }

const watched = new AbortController()
let watching: Promise<void> | undefined
afterEach(async () => {
  watched.abort()
  await watching
})

/** A replica whose watches outlive its terms. */
function replica() {
  const command = parseCommand([], {})
  if (command.kind !== 'run') throw new Error('Cannot run: the command line asks for something else')
  const { options } = command
  const log = createLog({ level: 'info', format: 'text', writer: SILENT })
  const metrics = createMetrics({ byNamespace: false, ...BUILD })
  const client = new FakeClient()
  const watches = wireWatches({ options, client, log, metrics })
  let acting: Acting | undefined
  const parts: TermParts = {
    options,
    build: BUILD,
    client,
    recordNamespace: 'reloader',
    log,
    metrics,
    recorder: { record: () => {}, run: async () => {} },
    outgoing: { alerts: undefined, webhook: undefined },
    watches,
    watch: () => {
      watching ??= watches.run(watched.signal)
    },
    isHopeless: () => false,
    onActing: (now) => {
      acting = now
    },
  }
  return { parts, isWorking: () => acting?.controller.isWorking() === true }
}

test('a term that is over is held by nothing that outlives it', async () => {
  const { parts, isWorking } = replica()
  const stop = new AbortController()
  for (let terms = 0; terms < 3; terms += 1) {
    const term = createLeaderTerm(performance.now() + 60_000)
    const ran = runTerm(parts, { stop: stop.signal, term })
    await vi.waitUntil(isWorking)
    term.end(new LeaseLost('Cannot act as the leader: the test took the lease'))
    await ran
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  }
})
