// Which OWNERS files a change needs approval from, by what is changed and what the files say.
import { expect, test } from 'vitest'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import { allApprovers, areasOf, unapproved } from './areas.ts'

/** Every folder that is named has one approver, called like it; `!` is `no_parent_owners`, `+` frees new folders. */
async function areas(folders: string, files: string) {
  const owners = folders.split(' ').map((written) => {
    const folder = written.replace(/[!+]$/, '').replace(/^\.$/, '')
    const options = `options: {no_parent_owners: ${written.endsWith('!')}, auto_approve_unowned_subfolders: ${written.endsWith('+')}}`
    return [folder === '' ? 'OWNERS' : `${folder}/OWNERS`, `approvers: [${folder || 'root'}]\n${options}`]
  })
  const repo = await memoryOwners(Object.fromEntries(owners)).load({ org: 'org', repo: 'repo' }, 'main')
  return areasOf(files.split(' '), repo)
}

test.each([
  ['a below another is left out', 'a a/d b', 'a/x a/d/x b/x', ['a', 'b']],
  ['an own kingdom stays', 'a a/b! a/b/c', 'a/x a/b/c/x', ['a', 'a/b/c']],
  ['what is below a kingdom that is asked is left out', 'a a/b! a/b/c', 'a/x a/b/x a/b/c/x', ['a', 'a/b']],
  ['in the order of their names', 'b a', 'b/x a/x', ['a', 'b']],
  ['the root is above all', '. a', 'x a/x', ['']],
  ['nobody owns it but the root', 'a', 'b/x', ['']],
  ['names that begin alike are no parents', 'a ab', 'a/x ab/x', ['a', 'ab']],
  ['a new folder is free', 'd+', 'd/new/x', []],
  ['as is one far below', 'd+', 'd/new/er/x', []],
  ['what lies beside the file is not', 'd+', 'd/x', ['d']],
  ['nor is a folder with owners, whatever its parent says', 'a+ a/d', 'a/d/x', ['a/d']],
  ['nor is the root itself', '.+', 'OWNERS', ['']],
  ['but folders in it are', '.+', 'new/x', []],
  ['one file that is not free is enough', 'd+', 'd/new/x d/x', ['d']],
])('%s: %s, %s', async (_why, folders, files, want) => {
  expect((await areas(folders, files)).map(({ folder }) => folder)).toEqual(want)
})

test('a Markdown file with owners is no folder that frees what is in it', async () => {
  const page = '---\napprovers: [x]\noptions: {auto_approve_unowned_subfolders: true}\n---\n'
  const settings = { skip_collaborators: ['org'], mdyamlrepos: ['org'] }
  const repo = await memoryOwners({ 'b/README.md': page }, { settings }).load({ org: 'org', repo: 'repo' }, 'main')
  expect(areasOf(['b/README.md'], repo).map(({ folder }) => folder)).toEqual(['b/README.md'])
})

test('an area has the approvers of all its files, each set once, and the nearest apart', async () => {
  const [area] = await areas('. a', 'a/x a/y a/z/z')
  expect(area?.approvers).toEqual([new Set(['a', 'root'])])
  expect(area?.leaf).toEqual(new Set(['a']))
})

test('every file needs somebody; files below the area are not looked at', async () => {
  const filters = {
    'f/OWNERS': 'filters: {"go$": {approvers: [alice]}, "md$": {approvers: [bob]}}',
    'f/g/OWNERS': 'approvers: [c]',
  }
  const repo = await memoryOwners(filters).load({ org: 'org', repo: 'repo' }, 'main')
  const found = areasOf(['f/a.go', 'f/b.md', 'f/g/x'], repo)
  expect(found.map(({ folder }) => folder)).toEqual(['f'])
  expect(found.map(allApprovers)).toEqual([new Set(['alice', 'bob'])])
  const missing = (...approvers: string[]) => unapproved(found, new Set(approvers)).length
  expect([missing(), missing('alice'), missing('bob'), missing('c'), missing('alice', 'bob')]).toEqual([1, 1, 1, 1, 0])
})
