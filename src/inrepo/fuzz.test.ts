// Hostile repositories, the same in every run: none may crash the thread that reads them, hang it or take all memory.
import { afterAll, expect, test } from 'vitest'
import { centralPart } from '../config/in-repo/finish.ts'
import { hostileFiles } from '../config/testing/hostile-files.ts'
import { systemClock } from '../system/clock.ts'
import { snapshot } from '../testing/config.ts'
import { sandbox } from './sandbox.ts'

const stop = new AbortController()
afterAll(() => stop.abort(new Error('the tests are over')))

const pod = { containers: [{ image: 'i', command: ['c'], env: [{ name: 'A', value: '1' }] }] }
const jobs = {
  presets: [
    { labels: { 'preset-x': 'true' }, env: [{ name: 'X', value: 'y' }], volumes: [{ name: 'v', emptyDir: {} }] },
  ],
  presubmits: [
    { name: 'a', always_run: true, branches: ['^main$'], labels: { 'preset-x': 'true' }, spec: pod },
    { name: 'b', run_if_changed: '^docs/', trigger: '(?m)^/test b', rerun_command: '/test b', spec: pod },
    { name: 'c', decorate: false, reporter_config: { slack: { report_template: '{{.Spec.Job}}' } }, spec: pod },
  ],
  postsubmits: [{ name: 'p', spec: pod, max_concurrency: 1, skip_branches: ['x'] }],
}
const samples = {
  '.prow.yaml': jobs,
  '.prow/a.yaml': jobs,
  '.prow/sub/b.yml': { presubmits: [{ name: 'd', spec: pod }] },
  '.prow/.prowignore': ['/sub/', '**/x*', '!a.yaml'],
}

test('a thousand repositories', { timeout: 120_000 }, async () => {
  const central = centralPart(
    snapshot({ config: { in_repo_config: { enabled: { '*': true }, allowed_clusters: {} } } }).config,
    'o/r',
  )
  const inside = sandbox({ clock: systemClock, signal: stop.signal })
  const files = hostileFiles(samples, 2_000).map(({ role, text }) => ({ path: role, text }))
  let refused = 0
  for (let at = 0; at < files.length; at += 2) {
    const repository = files.slice(at, at + 2)
    const shown = () => repository.map(({ path, text }) => `${path}:\n${text.slice(0, 10_000)}`).join('\n')
    const { problems } = await inside.evaluate({ files: repository, repo: 'o/r', central }, 2_000).catch((error) => {
      throw new Error(`${error.message}\n${shown()}`)
    })
    if (problems.length > 0) refused += 1
  }
  // Both ways are taken: otherwise the files would test nothing but the parser.
  expect(refused).toBeGreaterThan(300)
  expect(refused).toBeLessThan(950)
  expect(process.memoryUsage().rss).toBeLessThan(512_000_000)
})
