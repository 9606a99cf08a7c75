import { defineConfig } from 'vitest/config'

/** The scenarios and the contract on a real control plane, the ways to install, and the tests of the control plane itself. */
export default defineConfig({
  test: {
    include: ['acceptance', 'scenarios', 'contract', 'install', 'kubectl', 'controlplane'].map(
      (each) => `test/${each}/**/*.test.ts`,
    ),
    globalSetup: ['test/controlplane/global-setup.ts'],
    testTimeout: 120_000,
    // A shared runner may stall for longer than a settle window; what fails twice is wrong.
    retry: process.env.CI === undefined ? 0 : 1,
    hookTimeout: 120_000,
    // One control plane serves all, and a file may restart its API server: so one file at a time.
    fileParallelism: false,
  },
})
