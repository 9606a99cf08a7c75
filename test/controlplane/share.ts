// One control plane for many test processes: the starter writes a file, the others read it and ask the starter by HTTP.
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { type ControlPlane, type ControlPlaneFacts, type Controls, controlPlaneOf } from './control-plane.ts'
import { listenLocally } from './ports.ts'

/** The environment variable that names the file. */
export const CLUSTER_FILE_VARIABLE = 'RELOADER_TEST_CLUSTER'

/** What the file holds. */
interface SharedControlPlane {
  readonly facts: ControlPlaneFacts
  /** `http://127.0.0.1:PORT`, where the starter takes requests. */
  readonly controls: string
}

/** A control plane that other processes can connect to. */
export interface Sharing {
  /** The file to name in `RELOADER_TEST_CLUSTER`. */
  readonly file: string
  /** No more requests of other processes; the control plane runs on. */
  close(): Promise<void>
}

const REQUESTS = ['restartApiServer', 'compact'] as const

/** Lets other processes on this machine use the control plane. Requests are carried out one after the other. */
export async function shareControlPlane(controlPlane: ControlPlane): Promise<Sharing> {
  let last = Promise.resolve()
  const server = createServer((asked, response) => {
    const name = REQUESTS.find((each) => asked.url === `/${each}`)
    if (name === undefined || asked.method !== 'POST') {
      response.writeHead(404).end()
      return
    }
    last = last.then(() => answer(response, controlPlane[name]))
  })
  const shared: SharedControlPlane = {
    facts: controlPlane.facts,
    controls: `http://127.0.0.1:${await listenLocally(server)}`,
  }
  const file = join(controlPlane.directory, 'shared.json')
  await writeFile(file, JSON.stringify(shared), { mode: 0o600 })
  return {
    file,
    close: async () => {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * The control plane that the file speaks of. Its `stop` does nothing, because it belongs to the process that started it.
 * Throws when there is no such file.
 */
export function connectControlPlane(file: string): ControlPlane {
  const { facts, controls }: SharedControlPlane = JSON.parse(readFileSync(file, 'utf8'))
  const ask = (name: (typeof REQUESTS)[number]) => () => post(`${controls}/${name}`)
  const asked: Controls = {
    restartApiServer: ask('restartApiServer'),
    compact: ask('compact'),
    stop: () => Promise.resolve(),
  }
  return controlPlaneOf(facts, asked)
}

async function answer(response: ServerResponse, work: () => Promise<void>): Promise<void> {
  await work().then(
    () => response.writeHead(204).end(),
    (error: unknown) => response.writeHead(500).end(String(error)),
  )
}

async function post(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST' })
  if (!response.ok)
    throw new Error(`Cannot ask the control plane for ${url}: ${response.status} ${await response.text()}`)
}
