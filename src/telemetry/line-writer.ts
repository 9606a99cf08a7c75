// Writes lines to a descriptor without ever waiting for its reader: one write at a time, the rest in a bounded buffer.
import { write } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Where finished lines go. */
export interface LineWriter {
  /** Returns at once. A line that the buffer has no room for is dropped and counted. */
  readonly write: (line: string) => void
  /** How many lines were dropped since the last call. */
  readonly takeDropped: () => number
  /** Resolves when the buffer is empty, or after `timeoutMs`. */
  readonly flush: () => Promise<void>
}

/** What a writer is made of. */
export interface LineWriterOptions {
  /** Writes all of the text; rejects when that is impossible. */
  readonly write: (text: string) => Promise<void>
  /** Default 1 Mi characters. */
  readonly maxBufferedLength?: number
  /** How long `flush` waits. Default 1000. */
  readonly timeoutMs?: number
}

const STDERR = 2
const RETRY_MS = 50

/** A writer that holds at most `maxBufferedLength` characters while a write is under way. */
export function createLineWriter(options: LineWriterOptions): LineWriter {
  const { maxBufferedLength = 1024 * 1024, timeoutMs = 1000 } = options
  let lines: string[] = []
  let length = 0
  let dropped = 0
  let draining: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (lines.length > 0) {
      const text = lines.join('')
      lines = []
      length = 0
      // A descriptor that is closed for good takes nothing more: there is nobody left to tell.
      await options.write(text).catch(() => {})
    }
    draining = undefined
  }

  return {
    write: (line) => {
      if (length + line.length > maxBufferedLength) {
        dropped += 1
        return
      }
      lines.push(line)
      length += line.length
      draining ??= drain()
    },
    takeDropped: () => {
      const taken = dropped
      dropped = 0
      return taken
    },
    flush: async () => {
      if (draining === undefined) return
      const timeout = new AbortController()
      await Promise.race([draining, delay(timeoutMs, undefined, { signal: timeout.signal }).catch(() => {})])
      timeout.abort()
    },
  }
}

/**
 * Writes to standard error in libuv's thread pool. `process.stderr.write` would block the whole process while the
 * reader of a pipe is slow (nodejs.org/api/process.html, "A note on process I/O").
 */
export async function writeToStderr(text: string): Promise<void> {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    const written = await writeSome(rest)
    if (written === 0) await delay(RETRY_MS)
    rest = rest.subarray(written)
  }
}

/** The number of bytes taken; 0 when a non-blocking descriptor is full. */
function writeSome(bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(STDERR, bytes, (error, written) => {
      if (error === null) resolve(written)
      else if (error.code === 'EAGAIN') resolve(0)
      else reject(error)
    })
  })
}
