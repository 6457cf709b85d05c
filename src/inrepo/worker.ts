// The thread that reads the jobs of repositories. It may be ended at any moment: whoever wrote the files may mean harm.
import { parentPort } from 'node:worker_threads'
import { evaluateInRepo } from '../config/in-repo/evaluate.ts'
import { matchAll } from '../config/in-repo/patterns.ts'
import type { Work } from './sandbox.ts'

parentPort?.on('message', (work: Work) => {
  parentPort?.postMessage('files' in work ? evaluateInRepo(work) : msOf(() => matchAll(work)))
})

/** Milliseconds of this thread's processor time. */
function msOf(act: () => void): number {
  const before = process.threadCpuUsage()
  act()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}
