// Makes everything that follows from the chart: the plain manifests, the Kustomize components and the table of docs/rbac.md;
// and puts the alerts into the chart.
// The version of the chart is that of package.json. A test fails while this would change anything.
//   node scripts/run-ts.mjs scripts/render-manifests.ts [--image=REPOSITORY]     sets the image everywhere
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findHelm } from '../test/controlplane/binaries.ts'
import { CHART } from './render/chart.ts'
import { ROOT, renderFiles } from './render/files.ts'

const image = process.argv.find((each) => each.startsWith('--image='))?.slice('--image='.length)
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }

edit(join(CHART, 'Chart.yaml'), (text) => text.replace(/^(version|appVersion): .*$/gm, `$1: ${version}`))
if (image !== undefined) {
  edit(join(CHART, 'values.yaml'), (text) => text.replace(/^( {2}repository: ).*$/m, `$1${image}`))
}
const files = await renderFiles(await findHelm())
for (const directory of ['manifests', 'components']) {
  rmSync(join(ROOT, 'deployments', 'kubernetes', directory), { recursive: true, force: true })
}
for (const [name, text] of Object.entries(files)) {
  mkdirSync(dirname(join(ROOT, name)), { recursive: true })
  writeFileSync(join(ROOT, name), text)
}
// As `npm run check` wants them.
const written = Object.keys(files).map((name) => join(ROOT, name))
execFileSync(join(ROOT, 'node_modules', '.bin', 'biome'), ['format', '--write', ...written], {
  stdio: 'ignore',
})
console.log(`${Object.keys(files).length} files written`)

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}
