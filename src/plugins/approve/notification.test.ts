// What the comment of approve says.
import { expect, test } from 'vitest'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import { userNamed } from '../../testing/memory-code-host.ts'
import { meta, notice, own, owners, play } from './testing/scene.ts'

test('an owner approves by proposing: label and comment', async () => {
  const it = play()
  await it.acts('opened')
  expect(it.pr().labels).toEqual(['approved'])
  expect(notice(it)).toBe(`[APPROVALNOTIFIER] This PR is **APPROVED**

This pull-request has been approved by: *<a href="https://github.com/org/repo/pull/1#" title="Author self-approved">cjwagner</a>*

All commands that I understand are listed [here](https://go.k8s.io/bot-commands?repo=org%2Frepo).

How changes are reviewed is described [here](https://git.k8s.io/community/contributors/guide/owners.md#the-code-review-process).

<details >
Needs approval from an approver in each of these files:

- ~~[c/OWNERS](https://github.com/org/repo/blob/main/c/OWNERS)~~ [cjwagner]

Approvers approve by writing \`/approve\` in a comment.
Approvers take their approval back by writing \`/approve cancel\` in a comment.
</details>
<!-- META={"approvers":[]} -->`)
})

test('where authors have to say it, an owner is suggested', async () => {
  const it = play({ settings: own })
  await it.acts('opened')
  expect(it.pr().labels).toEqual([])
  expect(notice(it)).toBe(`[APPROVALNOTIFIER] This PR is **NOT APPROVED**

This pull-request has been approved by:
**Once this PR has been reviewed and has the lgtm label**, please assign [cblecker](https://github.com/cblecker) for approval. More is in [the Code Review Process](https://git.k8s.io/community/contributors/guide/owners.md#the-code-review-process).

All commands that I understand are listed [here](https://go.k8s.io/bot-commands?repo=org%2Frepo).

<details open>
Needs approval from an approver in each of these files:

- **[c/OWNERS](https://github.com/org/repo/blob/main/c/OWNERS)**

Approvers approve by writing \`/approve\` in a comment.
Approvers take their approval back by writing \`/approve cancel\` in a comment.
</details>
<!-- META={"approvers":["cblecker"]} -->`)
})

test('who is assigned is asked, others are to be assigned', async () => {
  const it = play({ settings: own, files: ['c/c.go', 'e/e.go'] })
  await it.acts('opened')
  expect(notice(it)).toContain(
    'please ask for approval from [spxtr](https://github.com/spxtr) and additionally assign [cblecker](https://github.com/cblecker) for approval.',
  )
  expect(meta(notice(it))).toEqual({ approvers: ['cblecker', 'spxtr'] })
  const four = memoryOwners({ 'm/OWNERS': 'approvers: [ann, ben, cy, dan]' })
  const loud = play({ owners: four, settings: own, files: ['m/x'], given: { assignees: [userNamed('Dan')] } })
  await loud.acts('opened')
  expect(meta(notice(loud))).toEqual({ approvers: ['dan'] })
  expect(notice(loud)).toContain('please ask for approval from [dan](')
})

test('nobody is asked when nobody would help', async () => {
  const it = play({ settings: own, files: ['free/x'], given: { assignees: [] } })
  await it.acts('opened')
  expect(notice(it)).toMatch(/approved by:\n\nAll commands/)
  expect(notice(it)).toContain('- **[OWNERS](https://github.com/org/repo/blob/main/OWNERS)**\n')
  const assigned = play({ settings: own, files: ['e/e.go'] })
  await assigned.acts('opened')
  expect(notice(assigned)).toContain('please ask for approval from [spxtr](https://github.com/spxtr). More')
})

test('links lead to the code host of the installation, and to the branch', async () => {
  const it = play({
    settings: own,
    owners: memoryOwners(owners, { branch: 'dev' }),
    given: { base: { ref: 'dev', sha: 'x', repo: { org: 'org', repo: 'repo', html_url: '' } } },
    config: { github: { link_url: 'https://github.mycorp.com/base/' } },
  })
  await it.acts('opened')
  expect(notice(it)).toContain('[c/OWNERS](https://github.mycorp.com/org/repo/blob/dev/c/OWNERS)')
  expect(notice(it)).toContain('[cblecker](https://github.mycorp.com/cblecker)')
})

test('links and names of files are those of the configuration', async () => {
  const settings = { repos: ['org/repo'], commandHelpLink: 'https://help/', pr_process_link: 'https://process/' }
  const filenames = { org: { owners: 'BOSSES', owners_aliases: '' } }
  const it = play({ settings, sections: { owners: { filenames } } })
  await it.acts('opened')
  expect(notice(it)).toContain('[here](https://help/?repo=org%2Frepo)')
  expect(notice(it)).toContain('[here](https://process/)')
  expect(notice(it)).toContain('[c/BOSSES](https://github.com/org/repo/blob/main/c/BOSSES)')
})

test('a Markdown file can have owners of its own', async () => {
  const files = { 'b/README.md': '---\napprovers: [alice]\n---\nText' }
  const settings = { skip_collaborators: ['org'], mdyamlrepos: ['org'] }
  const it = play({ owners: memoryOwners(files, { settings }), files: ['b/README.md'] })
  await it.says('alice', '/approve')
  expect(notice(it)).toContain('- ~~[b/README.md](https://github.com/org/repo/blob/main/b/README.md)~~ [alice]\n')
})

test('where only some files of a folder have an approver, that is said', async () => {
  const filters = { 'f/OWNERS': 'filters: {"\\\\.go$": {approvers: [alice]}, "\\\\.md$": {approvers: [bob]}}' }
  const it = play({ files: ['f/a.go', 'f/b.md'], owners: memoryOwners(filters) })
  await it.says('alice', '/approve')
  expect(notice(it)).toContain(
    '- **[f/OWNERS](https://github.com/org/repo/blob/main/f/OWNERS)** [alice]\n  > Some files here need more approvers.\n\n',
  )
  expect(meta(notice(it))).toEqual({ approvers: ['bob'] })
  await it.says('Bob', '/approve')
  expect(notice(it)).toContain('~~ [Bob,alice]\n')
})

test('a name of a folder cannot make lines, and so commands, of its own', async () => {
  const it = play({
    files: ['x\n/close\r\n/a'],
    owners: memoryOwners({ 'x\n/close\r\n/OWNERS': 'approvers: [alice]' }),
  })
  await it.acts('opened')
  expect(notice(it)).toContain('- **[x /close /OWNERS](https://github.com/org/repo/blob/main/x /close /OWNERS)**\n')
})

test('a list that is too long for a comment is cut', async () => {
  const folders = Array.from({ length: 1000 }, (_, index) => `a-rather-long-name-of-a-folder-${index}`)
  const many = Object.fromEntries(folders.map((folder) => [`${folder}/OWNERS`, 'approvers: [alice]']))
  const it = play({ files: folders.map((folder) => `${folder}/x`), owners: memoryOwners(many) })
  await it.acts('opened')
  expect(notice(it).length).toBeLessThanOrEqual(65_536)
  expect(notice(it).length).toBeGreaterThan(60_000)
  expect(notice(it)).toMatch(/- … and \d+ more\n/)
  expect(meta(notice(it))).toEqual({ approvers: ['alice'] })
})
