// Bundles src/cli/main.ts and all that it needs into dist/reloader.mjs, which runs without node_modules; and the demo, with
// its cluster, into dist/demo.mjs, so that nothing of it is in the program that people install.
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const bundles = [
  { entry: join(root, 'src', 'cli', 'main.ts'), outfile: join(root, 'dist', 'reloader.mjs') },
  { entry: join(root, 'src', 'cli', 'demo', 'main.ts'), outfile: join(root, 'dist', 'demo.mjs') },
]

/** The commit that the sources stand at: RELOADER_COMMIT, else that of the checkout, else `unknown`. */
function commit() {
  if (process.env.RELOADER_COMMIT) return process.env.RELOADER_COMMIT
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim()
  } catch {
    return 'unknown'
  }
}

const options = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  define: {
    'process.env.RELOADER_BUILD_VERSION': JSON.stringify(version),
    'process.env.RELOADER_BUILD_COMMIT': JSON.stringify(commit()),
  },
  banner: {
    // CommonJS dependencies in an ES module bundle still call require for Node's own modules.
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
}

await Promise.all(bundles.map(({ entry, outfile }) => build({ ...options, entryPoints: [entry], outfile })))
if (process.argv.includes('--verbose')) {
  for (const { outfile } of bundles)
    console.log(`${outfile}: ${(statSync(outfile).size / 1024).toFixed(0)} KiB`)
}
