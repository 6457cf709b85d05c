// Look-ups in the OWNERS files of a repository: the rules one by one, and all of them against a plain walk.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAliases } from './aliases.ts'
import { flat, list } from './layered-set.ts'
import { repoOwners } from './lookup.ts'
import { type Kind, type OwnersFile, parseOwners } from './parse.ts'

interface Given {
  readonly files: Readonly<Record<string, string>>
  readonly aliases?: string
  readonly collaborators?: readonly string[]
}
const parsed = (files: Given['files']) =>
  new Map(Object.entries(files).map(([folder, text]) => [folder, parseOwners(Buffer.from(text))]))
const owners = ({ files, aliases = '', collaborators }: Given) =>
  repoOwners({
    files: parsed(files),
    aliases: parseAliases(Buffer.from(aliases)).aliases,
    collaborators: collaborators && new Set(collaborators),
  })
const layers = (set: readonly ReadonlySet<string>[]) => set.map((layer) => [...layer].sort().join(' '))

test('approvers come nearest first, each in the first layer only', () => {
  const o = owners({ files: { '': 'approvers: [root, both]', 'a/b': 'approvers: [near, both]', a: 'reviewers: [r]' } })
  expect(layers(o.approvers('a/b/c.go'))).toEqual(['', 'both near', '', 'root'])
  expect(layers(o.reviewers('a/b/c.go'))).toEqual(['', '', 'r', ''])
  expect(layers(o.approvers('other'))).toEqual(['', 'both root'])
  expect(list(o.approvers('a/b/c.go'))).toEqual(['both', 'near', 'root'])
})

test('leaf owners are those of the nearest level that has somebody', () => {
  const o = owners({ files: { '': 'approvers: [root]\nreviewers: [rr]', a: 'approvers: [a]', 'a/b': 'labels: [x]' } })
  expect([...o.leafApprovers('a/b/f')]).toEqual(['a'])
  expect([...o.leafReviewers('a/b/f')]).toEqual(['rr'])
  expect([...o.leafApprovers('b/f')]).toEqual(['root'])
})

test('a path that is a folder has its own owners', () => {
  const o = owners({ files: { '': 'approvers: [root]', a: 'approvers: [a]' } })
  expect([...o.leafApprovers('a')]).toEqual(['a'])
  expect([...o.leafApprovers('a/')]).toEqual(['a'])
})

const filtered = {
  files: {
    re: 'filters:\n  ".*": {labels: [re/all]}\n  "\\\\.go$": {labels: [re/go]}\n',
    're/a': 'filters:\n  "\\\\.md$": {labels: [re/md-in-a]}\n  "\\\\.go$": {labels: [re/go-in-a]}\n',
  },
}
test.each([
  ['re/a/go.go', ['re/all', 're/go', 're/go-in-a']],
  ['re/a/md.md', ['re/all', 're/md-in-a']],
  ['re/b/md.md', ['re/all']],
  ['re/b/go.go', ['re/all', 're/go']],
  ['other/go.go', []],
])('labels of %s by filters', (path, want) => expect([...owners(filtered).labels(path)].sort()).toEqual(want))

test('filters match paths from their folder, anywhere in them', () => {
  const o = owners({
    files: { a: 'filters:\n  ^b/: {approvers: [b]}\n  a: {approvers: [a]}\n  ^\\.$: {approvers: [dot]}\n' },
  })
  expect([...flat(o.approvers('a/b/c'))]).toEqual(['b'])
  expect([...flat(o.approvers('a/xay'))]).toEqual(['a'])
  expect([...flat(o.approvers('a'))]).toEqual(['dot'])
})

test('no_parent_owners keeps the parents out, once somebody was found', () => {
  const o = owners({
    files: {
      '': 'approvers: [root]\nreviewers: [rr]\nlabels: [l]\nrequired_reviewers: [req]',
      a: 'options: {no_parent_owners: true}\nfilters:\n  "\\\\.go$": {approvers: [a], labels: [go]}\n',
    },
  })
  expect([...flat(o.approvers('a/x.go'))]).toEqual(['a'])
  expect([...flat(o.approvers('a/deep/x.go'))]).toEqual(['a'])
  expect([...flat(o.reviewers('a/x.go'))]).toEqual(['rr'])
  expect([...flat(o.approvers('a/x.md'))]).toEqual(['root'])
  expect([...o.labels('a/x.go')]).toEqual(['go'])
  expect([...o.labels('a/x.md')]).toEqual(['l'])
  expect([...o.requiredReviewers('a/x.go')]).toEqual(['req'])
})

test('options are those of exactly one folder', () => {
  const o = owners({
    files: {
      '': 'options: {auto_approve_unowned_subfolders: true}',
      a: 'options: {no_parent_owners: true}',
    },
  })
  expect([o.isNoParentOwners('a'), o.isNoParentOwners('a/b'), o.isNoParentOwners('')]).toEqual([true, false, false])
  expect(['', '.', 'a'].map((folder) => o.isAutoApproveUnownedSubfolders(folder))).toEqual([true, true, false])
})

test('the folder of approvers is the nearest with somebody for the file; no_parent_owners does not stop the search', () => {
  const o = owners({
    files: {
      '': 'approvers: [root]',
      a: 'options: {no_parent_owners: true}\nfilters: {"\\\\.go$": {approvers: [a], reviewers: [r]}}',
      'a/b': 'reviewers: [b]',
      'a/b/doc.md': 'approvers: [m]',
    },
  })
  expect(['a/b/x.go', 'a/b/x.md', 'a/b/doc.md', 'x'].map(o.approversFolder)).toEqual(['a', '', 'a/b/doc.md', ''])
  expect(['a/b/x.go', 'a/x.go', 'x'].map(o.reviewersFolder)).toEqual(['a/b', 'a', ''])
  expect(owners({ files: {} }).approversFolder('x/y')).toBe('')
})

test('top-level approvers are those of the root for the root itself', () => {
  const o = owners({
    files: { '': 'filters:\n  .*: {approvers: [all]}\n  "\\\\.go$": {approvers: [go]}\n  ^\\.$: {approvers: [dot]}\n' },
  })
  expect([...o.topLevelApprovers()].sort()).toEqual(['all', 'dot'])
})

test('all owners of the repository, whatever their filters', () => {
  const o = owners({
    files: { '': 'approvers: [a]', b: 'filters: {x: {approvers: [t], reviewers: [r]}}', c: 'required_reviewers: [q]' },
    aliases: 'aliases: {t: [t1, t2]}',
  })
  expect([...o.allApprovers()].sort()).toEqual(['a', 't1', 't2'])
  expect([...o.allReviewers()]).toEqual(['r'])
  expect([...o.allOwners()].sort()).toEqual(['a', 'r', 't1', 't2'])
})

test('aliases stand for people in all lists of people, not among labels', () => {
  const o = owners({
    files: { '': 'approvers: [Team, x]\nreviewers: [team]\nrequired_reviewers: ["@TEAM"]\nlabels: [team]' },
    aliases: 'aliases: {tEAM: [Alice]}',
  })
  expect([...o.leafApprovers('f')].sort()).toEqual(['alice', 'x'])
  expect([[...o.leafReviewers('f')], [...o.requiredReviewers('f')], [...o.labels('f')]]).toEqual([
    ['alice'],
    ['alice'],
    ['team'],
  ])
})

test('who is no collaborator neither approves nor reviews, but may be required', () => {
  const o = owners({
    files: {
      '': 'approvers: [root]',
      a: 'approvers: [gone, no-such-alias]\nreviewers: [gone, team]\nrequired_reviewers: [gone]\nlabels: [gone]',
    },
    aliases: 'aliases: {team: [root, gone]}',
    collaborators: ['root'],
  })
  expect(layers(o.approvers('a/f'))).toEqual(['', '', 'root'])
  expect(o.approversFolder('a/f')).toBe('')
  expect([[...o.leafReviewers('a/f')], [...o.requiredReviewers('a/f')], [...o.labels('a/f')]]).toEqual([
    ['root'],
    ['gone'],
    ['gone'],
  ])
})

test('a strange path only leads to the root', () => {
  const o = owners({ files: { '': 'approvers: [root]', a: 'approvers: [a]' } })
  for (const path of ['/', '/x', '//', 'b//c', '../x', '\0', 'é/\ud800'])
    expect([...o.leafApprovers(path)], JSON.stringify(path)).toEqual(['root'])
})

// The same questions, answered as slowly and as plainly as possible: everything is expanded first, and nothing is kept.

type Found = { names: Set<string>; folder: string }
function naive(
  {
    files,
    aliases,
    collaborators,
  }: { files: Map<string, OwnersFile>; aliases: Map<string, string[]>; collaborators?: string[] },
  path: string,
  kind: Kind,
): { layers: string[][]; leaf: Found } {
  const result: string[][] = []
  const before = new Set<string>()
  let leaf: Found | undefined
  let ended = false
  const parts = path.split('/')
  for (let length = parts.length; length >= 0; length--) {
    const folder = parts.slice(0, length).join('/')
    const rest = parts.slice(length).join('/') || '.'
    const file = files.get(folder)
    const names = new Set<string>()
    for (const entry of file?.entries ?? []) {
      if (entry.filter && !new RegExp(entry.filter.source).test(rest)) continue
      for (const name of entry[kind])
        for (const login of kind === 'labels' ? [name] : (aliases.get(name) ?? [name]))
          if (kind === 'labels' || kind === 'required_reviewers' || (collaborators?.includes(login) ?? true))
            names.add(login)
    }
    if (names.size > 0) leaf ??= { names, folder }
    if (ended) continue
    result.push([...names].filter((name) => !before.has(name)).sort())
    for (const name of names) before.add(name)
    ended = before.size > 0 && (file?.options.no_parent_owners ?? false)
  }
  return { layers: result, leaf: leaf ?? { names: new Set(), folder: '' } }
}

const folder = fc.array(fc.constantFrom('a', 'b', 'go'), { maxLength: 4 }).map((parts) => parts.join('/'))
const names = fc.uniqueArray(fc.constantFrom('u1', 'u2', 'u3', 'u4', 'team', 'empty'), { maxLength: 3 })
const entry = fc.record({ approvers: names, reviewers: names, required_reviewers: names, labels: names })
const file = fc.record({
  options: fc.record({ no_parent_owners: fc.boolean(), auto_approve_unowned_subfolders: fc.boolean() }),
  filters: fc.dictionary(fc.constantFrom('.*', '\\.go$', '^a/', 'b', '^\\.$', '[^a]$'), entry, { maxKeys: 3 }),
})
const tree = fc.dictionary(folder, file, { maxKeys: 8 })
const filePath = fc
  .tuple(folder, fc.constantFrom('x.go', 'x.md', 'b'))
  .map(([at, name]) => (at === '' ? name : `${at}/${name}`))

test('look-ups equal a plain walk, on any tree', () => {
  const isNamed = (set: ReadonlySet<string>) => [...set].sort()
  fc.assert(
    fc.property(tree, filePath, fc.option(names, { nil: undefined }), (given, path, collaborators) => {
      const files = new Map(
        Object.entries(given).map(([at, one]) => [at, parseOwners(Buffer.from(JSON.stringify(one)))]),
      )
      const aliases = new Map([
        ['team', ['u1', 'u5']],
        ['empty', []],
      ])
      const fast = repoOwners({
        files,
        aliases: new Map([...aliases].map(([name, members]) => [name, new Set(members)])),
        collaborators: collaborators && new Set(collaborators),
      })
      const slow = (kind: Kind) => naive({ files, aliases, ...(collaborators && { collaborators }) }, path, kind)
      const plain = (set: readonly ReadonlySet<string>[]) => set.map(isNamed)
      expect(plain(fast.approvers(path))).toEqual(slow('approvers').layers)
      expect(plain(fast.reviewers(path))).toEqual(slow('reviewers').layers)
      expect(isNamed(fast.leafApprovers(path))).toEqual(isNamed(slow('approvers').leaf.names))
      expect(isNamed(fast.leafReviewers(path))).toEqual(isNamed(slow('reviewers').leaf.names))
      expect(fast.approversFolder(path)).toBe(slow('approvers').leaf.folder)
      expect(fast.reviewersFolder(path)).toBe(slow('reviewers').leaf.folder)
      expect(isNamed(fast.requiredReviewers(path))).toEqual(slow('required_reviewers').layers.flat().sort())
      expect(isNamed(fast.labels(path))).toEqual(slow('labels').layers.flat().sort())
    }),
    { numRuns: 500 },
  )
})
