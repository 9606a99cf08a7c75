// What can be said of the image without a container runtime: it is built from what the Dockerfile copies, and the bundle
// needs nothing else.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeFlags, ROOT, readDockerfile } from './dockerfile.ts'

const run = promisify(execFile)
const source = mkdtempSync(join(tmpdir(), 'reloader-image-source-'))
const empty = mkdtempSync(join(tmpdir(), 'reloader-image-root-'))
const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const bundle = join(empty, 'reloader.mjs')

/** Files and directories that the first stage copies. */
const copied = readDockerfile()
  .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from'))
  .flatMap(({ text }) => text.split(/ +/).slice(0, -1))

beforeAll(async () => {
  for (const path of copied) cpSync(join(ROOT, path), join(source, path), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'))
  await run(process.execPath, ['scripts/build.mjs'], {
    cwd: source,
    env: { PATH: '', RELOADER_COMMIT: COMMIT },
  })
  cpSync(join(source, 'dist', 'reloader.mjs'), bundle)
})

afterAll(() => {
  for (const directory of [source, empty]) rmSync(directory, { recursive: true, force: true })
})

describe('the Dockerfile', () => {
  test('copies what is there, and .dockerignore lets it through', () => {
    const allowed = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    expect([...new Set(copied)].sort()).toEqual(allowed.sort())
  })

  test('ends as somebody without rights, with one file beside Node', () => {
    const stages = readDockerfile()
    const last = stages.slice(stages.findLastIndex(({ name }) => name === 'FROM'))
    expect(last.filter(({ name }) => name === 'COPY').map(({ text }) => text)).toEqual([
      '--from=build /source/dist/reloader.mjs /reloader.mjs',
    ])
    expect(last.find(({ name }) => name === 'USER')?.text).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(last.some(({ name }) => name === 'RUN')).toBe(false)
  })

  test('runs the bundle on the Node that builds it, an LTS', () => {
    const majors = readDockerfile().flatMap(({ name, text }) =>
      name === 'FROM' ? [Number(/(?:node:|nodejs)(\d+)/.exec(text)?.[1])] : [],
    )
    expect(new Set(majors)).toEqual(new Set([24]))
  })
})

describe('the bundle alone in an empty directory', () => {
  const start = (...args: string[]) =>
    run(process.execPath, [...nodeFlags(), bundle, ...args], { cwd: empty, env: { HOME: '/nonexistent' } })

  test('says its version and the commit that it was built from', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    expect((await start('--version')).stdout).toContain(`reloader ${version} (commit ${COMMIT.slice(0, 12)}`)
  })

  test('takes the arguments of the incumbent’s chart as they are', async () => {
    const args = ['--log-level=info', '--reload-strategy=annotations', '--auto-annotation', 'a/b', '--help']
    expect((await start(...args)).stdout).toContain('--reload-strategy')
  })

  test('refuses a flag that does not exist before it looks for a cluster', async () => {
    await expect(start('--no-such-flag')).rejects.toMatchObject({ code: 2 })
  })
})
