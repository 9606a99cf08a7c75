import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [
      'test/acceptance/**',
      'test/controlplane/**',
      'test/contract/**',
      'test/install/**',
      'test/kubectl/**',
      'test/scenarios/real/**',
      'node_modules/**',
    ],
    // A bound for what hangs, not for what is slow: machines are shared.
    testTimeout: 90_000,
    // A shared runner may stall for longer than a settle window; what fails twice is wrong.
    retry: process.env.CI === undefined ? 0 : 1,
    hookTimeout: 60_000,
    // Scenarios mostly wait: for settle windows, and for processes to be there.
    maxWorkers: process.env.CI === undefined ? 4 : 3,
  },
})
