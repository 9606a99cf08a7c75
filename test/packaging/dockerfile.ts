// The Dockerfile as the tests read it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The repository. */
export const ROOT = join(import.meta.dirname, '..', '..')

export interface Instruction {
  readonly name: string
  readonly text: string
}

/** The instructions, with lines that go on joined. */
export function readDockerfile(): readonly Instruction[] {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ').split('\n')
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', ...rest] = line.split(' ')
      return { name, text: rest.join(' ').trim() }
    })
}

/** What Node is given before the arguments of the program: flags, without the path of the bundle. */
export function nodeFlags(): readonly string[] {
  const entry = readDockerfile().find(({ name }) => name === 'ENTRYPOINT')
  const [, ...flags] = JSON.parse(entry?.text ?? '[]') as string[]
  return flags.filter((each) => each.startsWith('--'))
}
