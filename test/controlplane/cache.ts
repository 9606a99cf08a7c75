// Programs that tests run and that are made or fetched once per machine.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The directory of this name in the cache; `fill` is called with an empty one where there is none yet. It is filled beside
 * its place and renamed, so that a directory that exists is complete; of two who fill it one wins. Throws what `fill` does.
 */
export async function cached(name: string, fill: (directory: string) => Promise<unknown>): Promise<string> {
  const directory = join(cacheDirectory(), name)
  if (existsSync(directory)) return directory
  mkdirSync(cacheDirectory(), { recursive: true })
  const unfinished = mkdtempSync(join(cacheDirectory(), '.building-'))
  try {
    await fill(unfinished)
    if (!existsSync(directory)) renameSync(unfinished, directory)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return directory
}

function cacheDirectory(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'reloader-controlplane')
}
