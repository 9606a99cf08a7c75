// One open watch on its way through the proxy, line by line.
import type http from 'node:http'
import { createInterface } from 'node:readline'
import type { ApiRequest } from './api-request.ts'
import type { Deliveries } from './deliveries.ts'
import type { StoredObject } from './json.ts'

export interface WatchLine {
  readonly type: string
  readonly object: StoredObject
}

/** What becomes of one event: the lines to send in its place (as text, without the line feed). */
export type LineEdit = (text: string, event: WatchLine) => readonly string[]

export interface WatchStream {
  readonly request: ApiRequest
  readonly ended: Promise<void>
  /** From now on every line goes through `edit`; undefined sends lines as they are. */
  edit(edit: LineEdit | undefined): void
  /** Holds lines back until `resume`. */
  pause(): void
  resume(): void
  /** Sends bytes as they are, whole lines or not. */
  send(text: string): void
  /** Ends it as a server that is done does. */
  end(): void
  /** Cuts the connection. */
  cut(): void
}

interface WatchStreamParts {
  readonly asked: ApiRequest
  readonly response: http.ServerResponse
  readonly upstreamResponse: http.IncomingMessage
  readonly deliveries: Deliveries
}

export function createWatchStream({
  asked,
  response,
  upstreamResponse,
  deliveries,
}: WatchStreamParts): WatchStream {
  const held: string[] = []
  let paused = false
  let lineEdit: LineEdit | undefined
  let markEnded = () => {}
  const ended = new Promise<void>((resolve) => {
    markEnded = resolve
  })

  function deliver(line: string): void {
    if (response.destroyed || response.writableEnded) return
    const event = JSON.parse(line) as WatchLine
    for (const sent of lineEdit?.(line, event) ?? [line]) {
      response.write(`${sent}\n`)
      deliveries.noteLine(asked, sent)
    }
  }

  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  upstreamResponse.on('error', () => response.destroy())
  upstreamResponse.on('aborted', () => response.destroy())
  const lines = createInterface({ input: upstreamResponse })
  // It repeats the errors of its input, which are dealt with above.
  lines.on('error', () => {})
  lines.on('line', (line) => {
    if (line === '') return
    if (paused) held.push(line)
    else deliver(line)
  })
  lines.on('close', () => response.end())
  response.on('close', () => {
    asked.finished = true
    upstreamResponse.destroy()
    markEnded()
  })

  return {
    request: asked,
    ended,
    edit(edit) {
      lineEdit = edit
    },
    pause() {
      paused = true
    },
    resume() {
      paused = false
      for (const line of held.splice(0)) deliver(line)
    },
    send: (text) => void response.write(text),
    end: () => void response.end(),
    cut: () => void response.destroy(),
  }
}
