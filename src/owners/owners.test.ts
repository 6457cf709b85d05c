// Loading OWNERS files of repositories: what counts, what is asked of git and the code host, and what is shared.
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { expect, test } from 'vitest'
import { GitError } from '../git/git.ts'
import { gitScene } from '../git/testing/scene.ts'
import { fixedConfig, type GivenConfig } from '../testing/config.ts'
import { openOwners } from './owners.ts'
import { memoryGit } from './testing/memory-git.ts'

const at = { org: 'org', repo: 'repo' }
type Sections = NonNullable<NonNullable<GivenConfig['plugins']>['sections']>

function scene(given: GivenConfig & { owners?: Sections['owners'] } = {}) {
  const git = memoryGit()
  const logged: Record<string, unknown>[] = []
  const log = pino(
    { base: null },
    { write: (line: string) => logged.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const people = { list: ['a', 'B', 'c'], failure: undefined as Error | undefined, listings: 0 }
  const agent = { config: { ...given, plugins: { sections: given.owners ? { owners: given.owners } : {} } } }
  const owners = openOwners({
    git,
    config: { current: () => fixedConfig(agent.config).current() },
    collaborators: async () => {
      people.listings++
      if (people.failure) throw people.failure
      return people.list
    },
    log,
    signal: new AbortController().signal,
  })
  const approvers = async (path: string) => [...(await owners.load(at, 'main')).leafApprovers(path)].sort()
  return { git, owners, people, logged, approvers, agent }
}
const everybody = { skip_collaborators: ['org'] }

test('the files of the head of the branch are read, and nothing else', async () => {
  const { git, owners } = scene()
  const sha = git.commit({
    OWNERS: 'approvers: [a, team]',
    OWNERS_ALIASES: 'aliases: {team: [b]}',
    'pkg/OWNERS': 'reviewers: [c]',
    'pkg/NOT_OWNERS': 'approvers: [c]',
    'README.md': '---\napprovers: [c]\n---\n',
    'main.go': 'package main',
  })
  const repo = await owners.load(at, 'main')
  expect([...repo.leafApprovers('pkg/x')]).toEqual(['a', 'b'])
  expect([...repo.leafApprovers('README.md')]).toEqual(['a', 'b'])
  expect([...repo.leafReviewers('pkg/x')]).toEqual(['c'])
  expect(git.asked()).toEqual(['head main', `ensure ${sha.slice(0, 7)}`, 'files', 'read 2', 'read 1'])
})

test('the same commit is read once; of another one only what is new', async () => {
  const { git, approvers } = scene()
  const files = { OWNERS: 'approvers: [a]', 'x/OWNERS': 'approvers: [b]', f: '1' }
  git.commit(files)
  await approvers('f')
  git.asked()
  await approvers('f')
  expect(git.asked()).toEqual(['head main'])
  git.commit({ ...files, f: '2' })
  expect(await approvers('x/f')).toEqual(['b'])
  expect(git.asked()).toEqual(['head main', expect.stringMatching(/^ensure/), 'files'])
  git.commit({ ...files, 'x/OWNERS': 'approvers: [c]' })
  expect(await approvers('x/f')).toEqual(['c'])
  expect(git.asked()).toEqual(['head main', expect.stringMatching(/^ensure/), 'files', 'read 1'])
})

test('equal files are read once, wherever they lie', async () => {
  const { git, approvers } = scene()
  git.commit({ 'a/OWNERS': 'approvers: [a]', 'b/OWNERS': 'approvers: [a]' })
  expect([await approvers('a/f'), await approvers('b/f')]).toEqual([['a'], ['a']])
  expect(git.asked()).toContain('read 1')
})

test('who ask at the same time share the reading', async () => {
  const { git, approvers, people } = scene()
  git.commit({ OWNERS: 'approvers: [a]' })
  expect(await Promise.all([approvers('f'), approvers('f'), approvers('f')])).toEqual([['a'], ['a'], ['a']])
  expect(git.asked().filter((call) => call === 'files')).toEqual(['files'])
  expect(people.listings).toBe(3)
})

test('what failed is tried again', async () => {
  const { git, approvers } = scene()
  git.commit({ OWNERS: 'approvers: [a]' })
  git.failure = new GitError('unavailable', 'the network is down')
  await expect(approvers('f')).rejects.toBe(git.failure)
  git.failure = undefined
  expect(await approvers('f')).toEqual(['a'])
})

test('a branch that is not there is an error', async () => {
  const { owners } = scene()
  await expect(owners.load(at, 'gone')).rejects.toMatchObject({
    kind: 'no-commit',
    message: 'org/repo has no branch gone',
  })
})

test('a commit may be given instead of a branch', async () => {
  const { git, owners } = scene()
  const old = git.commit({ OWNERS: 'approvers: [a]' })
  git.commit({ OWNERS: 'approvers: [b]' })
  expect([...(await owners.loadCommit(at, old)).leafApprovers('f')]).toEqual(['a'])
  expect(git.asked()).not.toContain('head main')
})

test('collaborators are listed for every load, in any letter case', async () => {
  const { git, approvers, people } = scene()
  git.commit({ OWNERS: 'approvers: [a, b, stranger]' })
  expect(await approvers('f')).toEqual(['a', 'b'])
  people.list = ['Stranger']
  expect(await approvers('f')).toEqual(['stranger'])
})

test('when collaborators cannot be listed, everybody counts and the log says why', async () => {
  const { git, approvers, people, logged } = scene()
  git.commit({ OWNERS: 'approvers: [stranger]' })
  people.failure = new Error('forbidden')
  expect(await approvers('f')).toEqual(['stranger'])
  expect(logged).toEqual([
    expect.objectContaining({
      level: 50,
      org: 'org',
      repo: 'repo',
      err: expect.objectContaining({ message: 'forbidden' }),
    }),
  ])
})

test.each([
  ['org', ['org'], 0],
  ['org/repo', ['other', 'org/repo'], 0],
  ['another repository', ['org/other', 'repo'], 1],
])('skip_collaborators for %s', async (_what, skip_collaborators, listings) => {
  const { git, approvers, people } = scene({ owners: { skip_collaborators } })
  git.commit({ OWNERS: 'approvers: [stranger]' })
  expect(await approvers('f')).toEqual(listings === 0 ? ['stranger'] : [])
  expect(people.listings).toBe(listings)
})

test.each([
  ['org', ['org']],
  ['org/repo', ['org/repo']],
])('Markdown files name owners where mdyamlrepos has %s', async (_what, mdyamlrepos) => {
  const { git, approvers, owners } = scene({ owners: { ...everybody, mdyamlrepos } })
  git.commit({
    OWNERS: 'approvers: [root]',
    'doc/a.md': '---\napprovers: [a]\noptions: {no_parent_owners: true}\n---\n',
    'doc/b.md': '# nobody\n',
    'doc/x.txt': '---\napprovers: [a]\n---\n',
  })
  expect([await approvers('doc/a.md'), await approvers('doc/b.md'), await approvers('doc/x.txt')]).toEqual([
    ['a'],
    ['root'],
    ['root'],
  ])
  const repo = await owners.load(at, 'main')
  expect(repo.approvers('doc/a.md')).toEqual([new Set(['a'])])
  expect(repo.approversFolder('doc/a.md')).toBe('doc/a.md')
})

test.each<[string, NonNullable<Sections['owners']>['filenames'], string, string]>([
  [
    'of the repository',
    { 'org/repo': { owners: 'O', owners_aliases: 'A' }, org: { owners: 'X', owners_aliases: 'Y' } },
    'O',
    'A',
  ],
  ['of the organisation', { org: { owners: 'O', owners_aliases: 'cfg/A' } }, 'O', 'cfg/A'],
  ['the usual ones', { other: { owners: 'O', owners_aliases: 'A' } }, 'OWNERS', 'OWNERS_ALIASES'],
])('names of the files: %s', async (_what, filenames, name, aliasesName) => {
  const { git, approvers } = scene({ owners: { ...everybody, filenames: filenames ?? {} } })
  const others = Object.fromEntries(
    ['O', 'X', 'OWNERS'].filter((other) => other !== name).map((other) => [`d/${other}`, 'approvers: [wrong]']),
  )
  git.commit({ ...others, [name]: 'approvers: [t]', [aliasesName]: 'aliases: {t: [right]}' })
  expect(await approvers('d/f')).toEqual(['right'])
})

test('a name that an entry leaves out is no file', async () => {
  const { git, approvers } = scene({ owners: { ...everybody, filenames: { org: { owners: 'O' } } } })
  git.commit({ O: 'approvers: [t]', OWNERS_ALIASES: 'aliases: {t: [x]}' })
  expect(await approvers('f')).toEqual(['t'])
})

test('links and folders with the name do not count', async () => {
  const { git, approvers } = scene({ owners: everybody })
  git.commit({
    OWNERS: 'approvers: [root]',
    'a/OWNERS': { link: '../x' },
    'b/OWNERS/f': 'approvers: [x]',
    x: 'approvers: [x]',
  })
  expect([await approvers('a/f'), await approvers('b/OWNERS/f')]).toEqual([['root'], ['root']])
})

test('a file that cannot be read leaves the others, and the log says where', async () => {
  const { git, approvers, logged } = scene({ owners: everybody })
  git.commit({
    OWNERS: 'approvers: [root, t]',
    'a/OWNERS': 'approvers: [a',
    'b/OWNERS': 'approvers: ok\n',
    'big/OWNERS': '#'.repeat(200_000),
    OWNERS_ALIASES: 'aliases:\n  t: [x]\n  u: 5\n',
  })
  for (const path of ['a/f', 'b/f', 'big/f']) expect(await approvers(path)).toEqual(['root', 'x'])
  expect(logged).toEqual([
    expect.objectContaining({
      count: 4,
      problems: expect.arrayContaining([
        { file: 'b/OWNERS', line: 1, message: 'approvers must be a list' },
        { file: 'big/OWNERS', line: 1, message: 'has 200000 bytes, but at most 131072 are read' },
        { file: 'OWNERS_ALIASES', line: 3, message: 'alias u must be a list of logins' },
      ]),
    }),
  ])
})

test('other settings read the same commit anew', async () => {
  const { git, approvers, agent } = scene({ owners: everybody })
  git.commit({ OWNERS: 'approvers: [root]', 'src/OWNERS': 'approvers: [src]' })
  expect(await approvers('src/f')).toEqual(['src'])
  const denylist = fixedConfig().current().config.owners_dir_denylist
  agent.config = { ...agent.config, config: { owners_dir_denylist: { ...denylist, default: ['src'] } } }
  expect(await approvers('src/f')).toEqual(['root'])
})

test('a real repository: no checkout, and only the contents of OWNERS files come', async () => {
  const real = await gitScene()
  try {
    real.repo.commit('one', { OWNERS: 'approvers: [a]', 'pkg/OWNERS': 'approvers: [B]', 'pkg/x.go': 'package x' })
    mkdirSync(join(real.repo.dir, 'linked'))
    symlinkSync('../pkg/OWNERS', join(real.repo.dir, 'linked/OWNERS'))
    real.repo.commit('two', {})
    const owners = openOwners({
      git: real.open(),
      config: fixedConfig({ plugins: { sections: { owners: everybody } } }),
      collaborators: async () => [],
      log: pino({ level: 'silent' }),
      signal: new AbortController().signal,
    })
    const leaf = async (path: string) => [...(await owners.load(at, 'master')).leafApprovers(path)]
    expect([await leaf('pkg/x.go'), await leaf('linked/x.go')]).toEqual([['b'], ['a']])
    const objects = ['cat-file', '--batch-all-objects', '--batch-check=%(objecttype)']
    const kept = execFileSync('git', objects, { cwd: real.mirrorDir, encoding: 'utf8' }).split('\n')
    expect(kept.filter((kind) => kind === 'blob')).toHaveLength(2)

    const fetched = async (files?: Record<string, string>) => {
      if (files) real.repo.commit('more', files)
      const before = real.uploads()
      await leaf('pkg/x.go')
      return real.uploads() - before
    }
    expect(await fetched()).toBe(0)
    expect(await fetched({ f: '' })).toBe(1)
    // The contents of all files come together.
    expect(await fetched({ 'pkg/OWNERS': 'approvers: [c]', 'a/OWNERS': 'approvers: [d]' })).toBe(2)
    expect(await leaf('pkg/x.go')).toEqual(['c'])
  } finally {
    await real.close()
  }
})
