// A small file whose content may be replaced while we run: tokens and certificates that the kubelet or a tool rotates.
import { readFileSync } from 'node:fs'

/** How long what was read is used before the file is read again; client-go takes the same time. */
const REREAD_MS = 60_000

/** A file that is read again once a minute. While it cannot be read, what was read before is used. */
export interface FileText {
  /** The content. Throws the error of the first read. */
  read(): string
  /** Makes the next `read` look at the file again. */
  forget(): void
}

/** A file not read yet. `now` is a monotonic clock in ms. */
export function createFileText(path: string, now: () => number = () => performance.now()): FileText {
  let text: string | undefined
  let readAt = Number.NEGATIVE_INFINITY
  return {
    read() {
      if (text !== undefined && now() - readAt < REREAD_MS) return text
      readAt = now()
      try {
        text = readFileSync(path, 'utf8')
      } catch (error) {
        if (text === undefined) throw error
      }
      return text
    },
    forget() {
      readAt = Number.NEGATIVE_INFINITY
    },
  }
}
