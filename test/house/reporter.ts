// Ends a test run with one line that people and scripts can read: "N passed, N failed, N skipped"; and names what was skipped.
import type { Reporter, TestModule } from 'vitest/node'

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    const skipped = new Map<string, number>()
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) count.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed' || state === 'failed' || state === 'skipped') count[state]++
        if (state === 'skipped') skipped.set(module.relativeModuleId, (skipped.get(module.relativeModuleId) ?? 0) + 1)
      }
    }
    for (const [file, tests] of skipped) process.stdout.write(`skipped: ${tests} in ${file}\n`)
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
  }
}
