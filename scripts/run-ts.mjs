// Runs a TypeScript file of this project on any supported Node: node scripts/run-ts.mjs FILE [ARG ...]
// (Node 20 cannot strip types by itself.) The bundle is kept in node_modules/.cache and removed when the script ends.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [file, ...args] = process.argv.slice(2)
if (file === undefined) {
  console.error('usage: node scripts/run-ts.mjs FILE [ARG ...]')
  process.exit(2)
}
const cache = join(root, 'node_modules', '.cache', 'run-ts')
mkdirSync(cache, { recursive: true })
const outfile = join(cache, `${basename(file, '.ts')}-${process.pid}.mjs`)
/** Bundling moves the code, so what a source file asks about its own place is answered with the source's. */
function inItsOwnPlace({ path }) {
  const place = JSON.stringify(dirname(path))
  return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.dirname', place), loader: 'ts' }
}
await build({
  entryPoints: [resolve(file)],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  sourcemap: 'inline',
  plugins: [{ name: 'own-place', setup: (bundler) => bundler.onLoad({ filter: /\.ts$/ }, inItsOwnPlace) }],
  logLevel: 'warning',
})
process.on('exit', () => rmSync(outfile, { force: true }))
process.argv = [process.argv[0], resolve(file), ...args]
await import(pathToFileURL(outfile).href)
