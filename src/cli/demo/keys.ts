// What a person types: single keys on a terminal, otherwise lines.
import type { ReadStream } from 'node:tty'

/** Standard input, as far as it is needed. */
export type KeyInput = Pick<
  ReadStream,
  'isTTY' | 'setRawMode' | 'resume' | 'pause' | 'on' | 'off' | 'setEncoding'
>

const CTRL_C = '\x03'
const CTRL_D = '\x04'

export interface ReadKeysOptions {
  readonly signal: AbortSignal
  /** A terminal in raw mode sends Ctrl-C as a character. */
  readonly onInterrupt: () => void
}

/**
 * Each character that is typed, in lower case, without white space; ends with the input, with Ctrl-D or when the signal aborts.
 * A terminal is in raw mode only as long as somebody reads.
 */
export async function* readKeys(
  input: KeyInput,
  { signal, onInterrupt }: ReadKeysOptions,
): AsyncGenerator<string, void, undefined> {
  const typed: string[] = []
  let ended = false
  let wake = () => {}
  const end = () => {
    ended = true
    wake()
  }
  const take = (text: string) => {
    for (const key of text.toLowerCase()) {
      if (key === CTRL_C) onInterrupt()
      else if (key === CTRL_D) end()
      else if (key.trim() !== '') typed.push(key)
    }
    wake()
  }
  input.setEncoding('utf8')
  if (input.isTTY) input.setRawMode(true)
  input.on('data', take).on('end', end).resume()
  signal.addEventListener('abort', end, { once: true })
  try {
    while (!signal.aborted) {
      const key = typed.shift()
      if (key !== undefined) yield key
      else if (ended) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    signal.removeEventListener('abort', end)
    input.off('data', take).off('end', end).pause()
    if (input.isTTY) input.setRawMode(false)
  }
}
