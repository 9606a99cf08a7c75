// node count.mjs REPORT EXIT-CODE: prints "PASSED FAILED" for one report of vitest's JSON reporter. What went wrong outside
// any test counts as a failure, too: a file that did not load, no test at all, no report, an exit code without a reason.
import { existsSync, readFileSync } from 'node:fs'

const [report, exitCode] = process.argv.slice(2)
const {
  numPassedTests: passed,
  numFailedTests,
  testResults,
} = existsSync(report)
  ? JSON.parse(readFileSync(report, 'utf8'))
  : { numPassedTests: 0, numFailedTests: 0, testResults: [] }

const withoutCulprit = testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
).length
const failed = numFailedTests + withoutCulprit
const unexplained = failed === 0 && (exitCode !== '0' || passed === 0)
console.log(`${passed} ${failed + (unexplained ? 1 : 0)}`)
