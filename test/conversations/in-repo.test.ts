// Jobs that a repository brings itself, as the people on its pull requests see them.
import { expect } from 'vitest'
import { conversation } from '../../src/testing/conversation.ts'
import { fullName } from '../../src/testing/town.ts'

const enabled = 'in_repo_config: {enabled: {"*": true}}\n'
const spec = "spec: {containers: [{image: host, command: ['true']}]}"
const job = (name: string, more = '') => `- name: ${name}\n  ${spec}\n${more}`
const jobs = (...list: string[]) => ({ '.prow.yaml': `presubmits:\n${list.join('')}` })

conversation('a pull request brings a job, and it runs there', { config: enabled }, async ({ alice, jobs: runs }) => {
  const pr = await alice.opensPullRequest({ files: jobs(job('own', '  always_run: true\n'), job('on-demand')) })
  await pr.hasStatus('unit', 'success')
  await pr.hasStatus('own', 'success')
  await pr.hasNoStatus('on-demand')

  await alice.says(pr, '/test on-demand')
  await pr.hasStatus('on-demand', 'success')
  await alice.says(pr, '/test ?')
  expect(await pr.botSays('/test unit')).toContain('/test on-demand')
  await runs('own').count(1)
})

conversation(
  'what is on the base branch is for every pull request',
  {
    config: enabled,
    files: { 'README.md': '', '.prow/a.yaml': jobs(job('own', '  always_run: true\n'))['.prow.yaml'] },
  },
  async ({ bob }) => {
    const pr = await bob.opensPullRequest()
    await pr.hasStatus('own', 'success')
  },
)

conversation(
  'a broken file is shown to its author until it is mended',
  { config: enabled },
  async ({ alice, bob, town, jobs: runs }) => {
    const broken = jobs(job('own', '  always_run: true\n  clutser: x\n  max_concurrency: many\n'))
    const pr = await alice.opensPullRequest({ files: broken })
    // The central jobs do not wait for that.
    await pr.hasStatus('unit', 'success')
    const told = await pr.botSays('cannot be used')
    expect(told).toContain('[`.prow.yaml:6`]')
    expect(told).toContain('presubmits[0].max_concurrency')
    expect(told).toContain('nothing knows the field "clutser"')
    await runs('own').count(0)

    await bob.says(pr, '/test own')
    await pr.botSays('are missing here')
    expect(pr.view().comments.filter(({ body }) => body.includes('cannot be used')).length).toBe(1)

    await alice.pushes(pr, jobs(job('own', '  always_run: true\n  cluster: privileged\n')))
    const comment = () => pr.view().comments.find(({ body }) => body.includes('cannot be used'))?.body
    await town.until('the comment to be edited', () => comment()?.includes('privileged'), comment)
    expect(comment()).not.toContain('max_concurrency')

    await alice.pushes(pr, jobs(job('own', '  always_run: true\n')))
    await pr.hasStatus('own', 'success')
    expect(comment()).toBeUndefined()
  },
)

conversation('a job may only name clusters that are allowed', { config: enabled }, async ({ alice, jobs: runs }) => {
  const pr = await alice.opensPullRequest({ files: jobs(job('own', '  always_run: true\n  cluster: privileged\n')) })
  expect(await pr.botSays('cannot be used')).toContain(
    `cluster "privileged" is not allowed for repository "${fullName}"`,
  )
  await pr.hasStatus('unit', 'success')
  await runs('own').count(0)
})

conversation(
  'a repository that is not enabled brings no jobs',
  { config: `in_repo_config: {enabled: {"*": true, ${fullName}: false}}\n` },
  async ({ alice, jobs: runs }) => {
    const pr = await alice.opensPullRequest({ files: { '.prow.yaml': 'not even YAML: [' } })
    await pr.hasStatus('unit', 'success')
    await alice.pushes(pr, jobs(job('own', '  always_run: true\n')))
    await runs('unit').count(2)
    await runs('own').count(0)
  },
)

conversation(
  'a mistake that is on the base branch is not told to everybody',
  { config: enabled, files: { 'README.md': '', '.prow.yaml': 'presubmits: 1\n' } },
  async ({ bob }) => {
    const pr = await bob.opensPullRequest()
    await pr.hasStatus('unit', 'success')
  },
)

conversation(
  'postsubmits are those of the commit that was pushed',
  { config: enabled },
  async ({ alice, jobs: runs }) => {
    const pr = await alice.opensPullRequest({
      files: { '.prow.yaml': `postsubmits:\n${job('after', '  branches: [main]\n')}` },
    })
    await pr.hasStatus('unit', 'success')
    await runs('after').count(0)
    await alice.merges(pr)
    await runs('after').is('success')
  },
)
