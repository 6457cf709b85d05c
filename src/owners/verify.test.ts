// What a change does to OWNERS files, one row per rule; and once with a real merge.
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { GitError } from '../git/git.ts'
import { gitScene } from '../git/testing/scene.ts'
import { fixedConfig } from '../testing/config.ts'
import { openOwners } from './owners.ts'
import { verifyOwners } from './verify.ts'

type Sides = readonly [before: string | undefined, after: string | undefined]
const bytes = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text))

/** Files as they are before and after; the aliases apart. */
async function verify(given: Readonly<Record<string, Sides>>, [before, after]: Sides = [undefined, undefined]) {
  const files = async function* () {
    for (const [path, [old, now]] of Object.entries(given))
      yield { path, before: bytes(old), after: Buffer.from(now ?? '') }
  }
  const verdict = await verifyOwners(
    { files: files(), aliases: { before: bytes(before), after: bytes(after) } },
    { aliasesFile: 'OWNERS_ALIASES', labelsDenylist: ['lgtm', 'approved'] },
  )
  return {
    ...verdict,
    invalid: verdict.invalid.map(({ file, line, message }) => `${file}:${line} ${message}`),
    newcomers: Object.fromEntries(verdict.newcomers),
  }
}
const added = (text: string): Sides => [undefined, text]

test.each<[why: string, path: string, text: string, invalid: readonly unknown[]]>([
  ['a good file', 'OWNERS', 'approvers: [a]', []],
  [
    'a root without approvers',
    'OWNERS',
    'reviewers: [a]',
    ['OWNERS:1 No approvers defined in this root directory OWNERS file.'],
  ],
  ['an empty root', 'OWNERS', '', ['OWNERS:1 No approvers defined in this root directory OWNERS file.']],
  ['a root with approvers of some files', 'OWNERS', 'filters: {x: {approvers: [a]}}', []],
  ['a folder without approvers', 'pkg/OWNERS', 'reviewers: [a]', []],
  [
    'broken YAML',
    'pkg/OWNERS',
    'approvers:\n- a\n- @b\n',
    [expect.stringMatching(/^pkg\/OWNERS:3 Cannot parse file: .*\.$/)],
  ],
  ['a single approver', 'pkg/OWNERS', 'approvers: a', ['pkg/OWNERS:1 Cannot parse file: approvers must be a list.']],
  [
    'labels of others',
    'pkg/OWNERS',
    'labels: [lgtm, x, approved]',
    ['pkg/OWNERS:1 File contains banned labels: [approved lgtm].'],
  ],
  [
    'labels in a filter',
    'pkg/OWNERS',
    'filters: {x: {labels: [lgtm]}}',
    ['pkg/OWNERS:1 File contains banned labels: [lgtm].'],
  ],
  ['labels in other letters', 'pkg/OWNERS', 'labels: [LGTM]', []],
  ['labels before approvers', 'OWNERS', 'labels: [lgtm]', ['OWNERS:1 File contains banned labels: [lgtm].']],
])('%s', async (_why, path, text, invalid) => expect((await verify({ [path]: added(text) })).invalid).toEqual(invalid))

test('who is new is told with all files, whatever the form and the letter case', async () => {
  const before = 'approvers: [Old]'
  const { newcomers } = await verify({
    OWNERS: [before, 'approvers: [old, "@Zee"]\nrequired_reviewers: [q]\nlabels: [l]'],
    'a/OWNERS': added('filters:\n  x: {reviewers: [zee, amy]}\n'),
    'b/OWNERS': ['reviewers: [Bea]', 'approvers:\n- bea\n'],
  })
  expect(newcomers).toStrictEqual({ amy: ['a/OWNERS'], zee: ['OWNERS', 'a/OWNERS'] })
})

test('groups are no people; new members are, and moving from group to group is not new', async () => {
  const { newcomers } = await verify({ OWNERS: added('approvers: [Team, x]') }, [
    'aliases: {team: [a, b]}',
    'aliases: {Team: [a], other: ["@B", Carl]}',
  ])
  expect(newcomers).toEqual({ carl: ['OWNERS_ALIASES'], x: ['OWNERS'] })
})

test('nobody is new in an invalid file, nor by a removed one', async () => {
  expect(
    (await verify({ OWNERS: added('approvers: [a]\nlabels: [lgtm]') }, ['aliases: {t: [a]}', undefined])).newcomers,
  ).toEqual({})
})

test('so many new people at once are invalid, and the files that bring them are named', async () => {
  const many = (prefix: string) =>
    added(`approvers: [${Array.from({ length: 3_000 }, (_, n) => `${prefix}${n}`).join(',')}]`)
  const { invalid, newcomers } = await verify({
    'a/OWNERS': many('a'),
    'b/OWNERS': many('b'),
    'c/OWNERS': added('approvers: [c]'),
  })
  expect(invalid).toEqual(['b/OWNERS:1 There are more than 5000 new owners.'])
  expect(Object.keys(newcomers)).toHaveLength(3_001)
  const groups = Array.from({ length: 6_000 }, (_, n) => `u${n}`).join(',')
  expect((await verify({}, added(`aliases: {g: [${groups}]}`))).aliasProblem?.message).toBe(
    'There are more than 5000 new owners.',
  )
})

test('of somebody who is new everywhere twenty files are told', async () => {
  const files = Array.from({ length: 30 }, (_, n) => [`${n}/OWNERS`, added('reviewers: [zee]')] as const)
  expect((await verify(Object.fromEntries(files))).newcomers.zee).toHaveLength(20)
})

test('aliases that are empty or broken are told', async () => {
  const { emptyAliases, aliasProblem } = await verify({}, added('aliases:\n  a: [x]\n  b: []\n  c:\n  d: 5\n'))
  expect({ emptyAliases, aliasProblem }).toEqual({
    emptyAliases: ['b', 'c'],
    aliasProblem: { line: 5, message: 'alias d must be a list of logins' },
  })
  expect((await verify({})).aliasProblem).toBeUndefined()
})

test('a pull request is verified as it will be merged', async () => {
  const scene = await gitScene()
  try {
    const old = scene.repo.commit('one', { OWNERS: 'approvers: [root]', 'old/OWNERS': 'approvers: [o]', f: '1\n' })
    scene.repo.git('checkout', '-q', '--detach', old)
    scene.repo.git('mv', 'old', 'moved')
    const head = scene.repo.commit('pull', {
      'new/OWNERS': 'approvers: [Team]',
      'vendor/a/b/OWNERS': 'approvers: @',
      'not/an_OWNERS': 'approvers: @',
      OWNERS: 'reviewers: [root]',
    })
    scene.repo.git('checkout', '-q', 'master')
    scene.repo.commit('two', { OWNERS_ALIASES: 'aliases: {team: [t]}' })

    const owners = openOwners({
      git: scene.open(),
      config: fixedConfig(),
      collaborators: async () => [],
      log: pino({ level: 'silent' }),
      signal: new AbortController().signal,
    })
    const files = [
      { filename: 'OWNERS', status: 'modified' },
      { filename: 'moved/OWNERS', previous_filename: 'old/OWNERS', status: 'renamed' },
      ...['new/OWNERS', 'vendor/a/b/OWNERS', 'not/an_OWNERS'].map((filename) => ({ filename, status: 'added' })),
      { filename: 'gone/OWNERS', status: 'removed' },
    ]
    const pull = { branch: 'master', head, files }
    // The group is only in the branch, so only the merge knows that it is one.
    expect(await owners.verify({ org: 'org', repo: 'repo' }, pull)).toEqual({
      invalid: [{ file: 'OWNERS', line: 1, message: 'No approvers defined in this root directory OWNERS file.' }],
      aliasProblem: undefined,
      emptyAliases: [],
      newcomers: new Map(),
    })

    scene.repo.commit('three', { OWNERS: 'approvers: [other]' })
    await expect(owners.verify({ org: 'org', repo: 'repo' }, pull)).rejects.toSatisfy(
      (error) => error instanceof GitError && error.kind === 'conflict',
    )
  } finally {
    await scene.close()
  }
})
