// Every manifest of examples/ is accepted by the API server, strictly. Those of Flux and Argo CD are held
// against their definitions in custom-resources.test.ts.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../scripts/render/files.ts'
import { installCrds } from './crds.ts'
import { useInstallWorld } from './install-world.ts'
import { done, kubectl } from './tools.ts'

const world = useInstallWorld()
const examples = join(ROOT, 'examples')
const files = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((name) => /^(payment-gateway|apps|argo-rollouts)\/.*\.yaml$/.test(name))
  .sort()

/** The certificate there is empty on purpose, so that no key is in a file that people copy. */
const WARNINGS: Readonly<Record<string, string>> = {
  'payment-gateway/configs.yaml': 'Warning: tls: failed to find any PEM data in certificate input\n',
}

let remove = async () => {}
// Where Go has none of the modules yet, this takes minutes.
beforeAll(async () => {
  remove = await installCrds()
  await done(kubectl(['create', 'namespace', 'apps']))
}, 600_000)
afterAll(async () => {
  await done(kubectl(['delete', 'namespace', 'apps', '--wait=false']))
  await remove()
})

test('there are examples', () => expect(files.length).toBeGreaterThan(8))

test.each(files)('examples/%s', async (file) => {
  const { name } = await world.namespace()
  const applied = await kubectl([
    'apply',
    '--server-side',
    '--dry-run=server',
    '--validate=strict',
    // What names a namespace of its own goes there.
    ...(file.startsWith('apps/') ? [] : [`--namespace=${name}`]),
    `--filename=${join(examples, file)}`,
  ])
  expect(applied).toMatchObject({ code: 0, stderr: WARNINGS[file] ?? '' })
})
