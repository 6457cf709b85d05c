import { defineConfig } from 'vitest/config'

// Two workers: suites that start servers, git and pods share the machine with each other.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts', 'docs/examples/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './test/house/reporter.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
