// What a release does, as far as it can be read: nothing that runs elsewhere is named by something that can move.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './dockerfile.ts'

interface Step {
  readonly uses?: string
}

interface Workflow {
  readonly permissions: unknown
  readonly jobs: Readonly<Record<string, { readonly uses?: string; readonly steps?: readonly Step[] }>>
}

const directory = join(ROOT, '.github', 'workflows')
const files = readdirSync(directory)
const workflow = (name: string) => parse(readFileSync(join(directory, name), 'utf8')) as Workflow

test.each(files)('%s uses actions by commit, and files of this repository', (name) => {
  const used = Object.values(workflow(name).jobs).flatMap((job) => [job, ...(job.steps ?? [])])
  const moving = used.filter(
    ({ uses }) => uses !== undefined && !/^(\.\/|[\w.-]+\/[\w./-]+@[0-9a-f]{40}$)/.test(uses),
  )
  expect(moving).toEqual([])
})

test.each(files)('%s may only read, unless a job says otherwise', (name) => {
  expect(workflow(name).permissions).toEqual({ contents: 'read' })
})
