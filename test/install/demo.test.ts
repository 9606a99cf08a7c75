// The line to copy that the demo shows works with the kubectl that people have, and what follows is told.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { ROOT } from '../../scripts/render/files.ts'
import { eventually } from '../scenarios/harness/eventually.ts'
import { run } from './tools.ts'

const RELOADER = join(ROOT, 'dist', 'reloader.mjs')

/** What the README shows of a dry run. */
function reportInReadme(): string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const [, block = ''] = /<!-- from a dry run: [^>]*-->\n+```text\n([\s\S]*?)```/.exec(readme) ?? []
  const lines = block.split('\n')
  expect(lines.length).toBeGreaterThan(5)
  return lines
}

test('kubectl changes a flag of the demo, the gateway rolls, and a dry run says what the README shows', {
  timeout: 90_000,
}, async () => {
  const demo = spawn(process.execPath, [join(ROOT, 'dist', 'demo.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface({ input: demo.stdout }).on('line', (line) => lines.push(line))
  const ended = new Promise<number | null>((resolve) => demo.once('close', (code) => resolve(code)))
  const find = (pattern: RegExp) => lines.findLastIndex((line) => pattern.test(line))
  try {
    const at = await eventually(() => find(/^kubectl patch /) > 0 && find(/^kubectl patch /), {
      deadlineMs: 60_000,
    })
    const script = `${lines[at - 1]}\n${lines[at]}`
    expect(await run('bash', ['-c', script])).toMatchObject({
      code: 0,
      stdout: 'configmap/feature-flags patched\n',
    })
    await eventually(() => find(/payment-gateway-svc {2}pod \w+ → \w+ {2}NEW_CHECKOUT \w+ → maybe/) > at, {
      deadlineMs: 20_000,
    })
    const [, kubeconfig = ''] = /KUBECONFIG=(\S+)/.exec(lines[at - 1] ?? '') ?? []
    expect(existsSync(kubeconfig)).toBe(true)
    const report = await run(process.execPath, [RELOADER, '--dry-run', '--once'], {
      env: { KUBECONFIG: kubeconfig },
    })
    expect(report.code).toBe(0)
    expect(report.stdout.split('\n')).toEqual(expect.arrayContaining(reportInReadme()))
    demo.stdin.write('q\n')
    expect(await ended).toBe(0)
    expect(existsSync(kubeconfig)).toBe(false)
  } finally {
    demo.kill('SIGTERM')
    await ended
  }
})
