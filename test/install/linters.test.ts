// The linters of what runs elsewhere: workflows on GitHub, and the Dockerfile where images are built.
import { readFileSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../scripts/render/files.ts'
import { buildBinaries } from '../controlplane/build.ts'
import { findHadolint } from './hadolint.ts'
import { type Outcome, run } from './tools.ts'

const hadolint = await findHadolint()

// Where it was never built, this takes a while.
beforeAll(() => buildBinaries('actionlint'), 900_000)

/** Programs that it would call where it finds them are left out, so that it says the same everywhere. */
async function actionlint(...args: string[]): Promise<Outcome> {
  const file = join(await buildBinaries('actionlint'), 'actionlint')
  return await run(file, ['-shellcheck=', '-pyflakes=', ...args], { cwd: ROOT })
}

test('actionlint finds no fault in the workflows', async () => {
  expect(await actionlint()).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('actionlint finds a job that needs one that is not there', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'reloader-workflow-'))
  try {
    const file = join(directory, 'release.yml')
    await cp(join(ROOT, '.github', 'workflows', 'release.yml'), file)
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('needs: version', 'needs: nothing'))
    expect(await actionlint(file)).toMatchObject({ code: 1, stdout: expect.stringContaining('nothing') })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})

describe.skipIf(hadolint === undefined)('hadolint', () => {
  const lint = (input: string) => run(hadolint ?? '', ['--no-color', '-'], { input })
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')

  test('finds no fault in the Dockerfile', async () => {
    expect(await lint(text)).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('finds an image that is not pinned', async () => {
    const outcome = await lint(text.replace('node:24-bookworm-slim', 'node'))
    expect(outcome).toMatchObject({ code: 1, stdout: expect.stringContaining('DL3006') })
  })
})
