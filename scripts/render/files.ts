// What follows from the chart, as files of this repository.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Files, renderManifests } from './manifests.ts'
import { rightsTable } from './rights.ts'

/** The repository. */
export const ROOT = join(import.meta.dirname, '..', '..')

const ALERTS_OF_CHART = 'deployments/kubernetes/chart/reloader/files/alerts.yaml'

/** Path in the repository → text it has to have. Throws what helm says when the chart cannot be rendered. */
export async function renderFiles(helm: string): Promise<Files> {
  const manifests = Object.entries(await renderManifests(helm))
  const inRepository = manifests.map(([name, text]) => [`deployments/kubernetes/${name}`, text] as const)
  const alerts = readFileSync(join(ROOT, 'deployments', 'monitoring', 'alerts.yaml'), 'utf8')
  const page = 'docs/rbac.md'
  const text = readFileSync(join(ROOT, page), 'utf8')
  const table = await rightsTable(helm)
  const start = '<!-- rights: made by scripts/render-manifests.ts -->\n'
  const end = '<!-- end of rights -->'
  const [before = '', rest] = text.split(start)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`Cannot write the table of ${page}: its marks are missing`)
  return {
    ...Object.fromEntries(inRepository),
    // A chart reads its own files only.
    [ALERTS_OF_CHART]: `# Made from deployments/monitoring/alerts.yaml by scripts/render-manifests.ts.\n${alerts}`,
    [page]: `${before}${start}\n${table}\n${end}${after}`,
  }
}
