// Decorated jobs: they clone for real, run on the merged code, and leave everything in the bucket.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { conversation } from '../../src/testing/conversation.ts'
import { fullName, org, repo } from '../../src/testing/town.ts'

const decorated = (name: string, script: string, more = '') => `
presubmits:
  ${fullName}:
    - name: ${name}
      always_run: true
      decorate: true
${more}
      spec:
        containers: [{image: host, command: [sh, -c], args: [${JSON.stringify(script)}]}]`

conversation(
  'a job sees the pull request merged into its base, and its results lie where Prow puts them',
  { jobs: decorated('build', 'cat README.md news.txt; echo data > "$ARTIFACTS/out.txt"; git log -1 --format=%s') },
  async ({ bob, jobs, town }) => {
    const pr = await bob.opensPullRequest({ files: { 'news.txt': 'fresh from the branch\n' } })
    await pr.hasStatus('build', 'success')
    const job = await jobs('build').is('success')
    const build = job.status.build_id ?? ''
    const folder = join(town.dataDir, 'bucket', 'pr-logs', 'pull', `${org}_${repo}`, String(pr.number), 'build', build)
    const read = (name: string) => readFile(join(folder, name), 'utf8')
    expect(await read('build-log.txt')).toBe(
      `# Lighthouse\nfresh from the branch\nMerge commit '${pr.view().head.sha}'\n`,
    )
    expect(await read('artifacts/out.txt')).toBe('data\n')
    expect(JSON.parse(await read('started.json'))).toMatchObject({ pull: String(pr.number) })
    expect(JSON.parse(await read('finished.json'))).toMatchObject({ passed: true, result: 'SUCCESS' })
    expect(await read('clone-log.txt')).toContain(`# Cloning ${org}/${repo} at main`)
    await town.until('prowjob.json to tell the end', async () => {
      const kept = JSON.parse(await read('prowjob.json').catch(() => '{}'))
      return kept.status?.state === 'success'
    })
    expect((await readdir(folder)).sort()).toEqual([
      'artifacts',
      'build-log.txt',
      'clone-log.txt',
      'clone-records.json',
      'finished.json',
      'prowjob.json',
      'sidecar-logs.json',
      'started.json',
    ])
    const directory = join(town.dataDir, 'bucket', 'pr-logs', 'directory', 'build')
    expect(await readFile(join(directory, 'latest-build.txt'), 'utf8')).toBe(build)
    expect(await readFile(join(directory, `${build}.txt`), 'utf8')).toContain(`pr-logs/pull/${org}_${repo}/`)
    expect(job.status.url).toContain(build)
  },
)

conversation(
  'a job past its timeout is killed and reported',
  { jobs: decorated('endless', 'echo started; sleep 600', '      decoration_config: {timeout: 1s, grace_period: 1s}') },
  async ({ bob, jobs, town }) => {
    const pr = await bob.opensPullRequest()
    await pr.hasStatus('endless', 'failure')
    await pr.botSays('endless')
    const { status } = await jobs('endless').is('failure')
    const folder = join(town.dataDir, 'bucket', 'pr-logs', 'pull', `${org}_${repo}`, String(pr.number), 'endless')
    const log = await readFile(join(folder, status.build_id ?? '', 'build-log.txt'), 'utf8')
    expect(log).toContain('started')
    expect(log).toContain('Process did not finish before 1s timeout')
  },
)

conversation(
  'a conflict with the base is a failed clone, which says so',
  { jobs: decorated('build', 'true') },
  async ({ alice, bob, jobs, town }) => {
    // Merges with the base at the time of the test decide, not those at the time of opening.
    const pr = await bob.opensPullRequest({ files: { 'README.md': 'by bob\n' } })
    await jobs('build').is('success')
    const other = await alice.opensPullRequest({ files: { 'README.md': 'by alice\n' } })
    await alice.merges(other)
    await jobs('build').count(2)
    await bob.says(pr, '/test build')
    // GitHub itself says that the pull request cannot be merged, so nothing is started.
    await town.quiet()
    await jobs('build').count(2)
  },
)
