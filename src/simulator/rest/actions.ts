// REST: GitHub Actions, of which the simulator has none: lists are empty and runs are not found.
import { notFound } from '../errors.ts'
import { answer, repoOf, route } from './route.ts'

const noRun = (): never => {
  throw notFound()
}

export const actionRoutes = [
  route('get', '/repos/{owner}/{repo}/actions/runs', (call) => {
    repoOf(call)
    return answer(200, { total_count: 0, workflow_runs: [] })
  }),
  route('get', '/repos/{owner}/{repo}/actions/workflows', (call) => {
    repoOf(call)
    return answer(200, { total_count: 0, workflows: [] })
  }),
  route('post', '/repos/{owner}/{repo}/actions/runs/{run_id}/rerun', (call) => {
    repoOf(call, 'push')
    return noRun()
  }),
  route('post', '/repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs', (call) => {
    repoOf(call, 'push')
    return noRun()
  }),
  route('post', '/repos/{owner}/{repo}/actions/runs/{run_id}/approve', (call) => {
    repoOf(call, 'push')
    return noRun()
  }),
]
