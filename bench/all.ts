// Runs every benchmark, one after the other, each in a process of its own.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const benchmarks = ['startup', 'latency', 'hook', 'plugins', 'apiserver', 'memory', 'owners', 'pages', 'config']

const failed = benchmarks.filter((name) => {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' })
  return status !== 0
})
if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`)
