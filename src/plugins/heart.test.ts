// heart, as people see it.
import { expect, test } from 'vitest'
import { scene } from '../testing/plugin-scene.ts'
import heart from './heart.ts'

const sections = { heart: { adorees: ['dear', 'Deer'], commentregexp: '(?m)^thank' } }

test.each<[what: string, login: string, body: string, adored: boolean]>([
  ['an adored person with the right words', 'dear', 'well\nthank you', true],
  ['other words', 'dear', 'no thank you', false],
  ['somebody else', 'bob', 'thank you', false],
  ['another case of the login', 'deer', 'thank you', false],
])('a comment of %s', async (_what, login, body, adored) => {
  const { says, host } = scene({ with: [heart], plugins: { sections } })
  await says(login, body)
  expect(host.take()).toEqual(
    adored ? [expect.stringMatching(/^org\/repo reaction to comment: (\+1|heart|hooray)$/)] : [],
  )
})

test('only new comments on pull requests, and only with both settings', async () => {
  const { says, host } = scene({ with: [heart], plugins: { sections } })
  await says('dear', 'thank you', { action: 'edited' })
  await says('dear', 'thank you', { action: 'deleted' })
  expect(host.calls).toEqual([])
  const issue = scene({ with: [heart], plugins: { sections }, issue: {} })
  await issue.says('dear', 'thank you')
  expect(issue.host.calls).toEqual([])
  for (const heartless of [
    { adorees: ['dear'], commentregexp: '' },
    { adorees: [], commentregexp: '.*' },
  ]) {
    const off = scene({ with: [heart], plugins: { sections: { heart: heartless } } })
    await off.says('dear', 'thank you')
    expect(off.host.calls).toEqual([])
  }
  const unset = scene({ with: [heart] })
  await unset.says('dear', 'thank you')
  expect(unset.host.calls).toEqual([])
})

test('many comments get all three reactions, a repeated task the same one', async () => {
  const { says, host, clock } = scene({ with: [heart], plugins: { sections } })
  for (let n = 0; n < 6; n++) await says('dear', 'thank you')
  expect(new Set(host.take())).toEqual(
    new Set(['+1', 'heart', 'hooray'].map((reaction) => `org/repo reaction to comment: ${reaction}`)),
  )
  let failures = 2
  host.after = (operation) => {
    if (operation === 'reactToComment' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await says('dear', 'thank you')
  await clock.advance('1m')
  const effects = host.take()
  expect([effects.length, new Set(effects).size]).toEqual([3, 1])
})

test.each<[file: string, additions: number, loved: boolean]>([
  ['OWNERS', 1, true],
  ['pkg/deep/OWNERS', 3, true],
  ['OWNERS_ALIASES', 1, true],
  ['OWNERS', 0, false],
  ['OWNERS.md', 1, false],
  ['MYOWNERS', 1, false],
  ['main.go', 5, false],
])('a new pull request with %s and %i new lines', async (filename, additions, loved) => {
  const { opens, host } = scene({ with: [heart] })
  host.state.files.set('org/repo#1', ['README.md', { filename, additions }])
  await opens()
  expect(host.take()).toEqual(loved ? [expect.stringMatching(/^org\/repo#1 reaction: (\+1|heart|hooray)$/)] : [])
})

test('knows other names of the files, and asks only when a pull request is new', async () => {
  const filenames = { 'org/repo': { owners: 'KEEPERS', owners_aliases: '' } }
  const owners = { filenames, mdyamlrepos: [], skip_collaborators: [], labels_denylist: [] }
  const { opens, acts, host } = scene({ with: [heart], plugins: { sections: { owners } } })
  host.state.files.set('org/repo#1', [{ filename: 'OWNERS', additions: 1 }])
  await opens()
  expect(host.take()).toEqual([])
  host.state.files.set('org/repo#1', [{ filename: 'a/KEEPERS', additions: 1 }])
  for (const action of ['reopened', 'synchronize', 'edited', 'closed']) await acts(action)
  expect(host.take()).toEqual([])
  await opens()
  expect(host.take()).toHaveLength(1)
})

test('help says whom it adores', () => {
  const help = (given: object) => heart.help?.({ sections: given } as never, [])?.config
  expect(help(sections)).toEqual({ '': 'Comments that match (?m)^thank are adored when they are by dear, Deer.' })
  expect(help({ heart: { adorees: [], commentregexp: 'x' } })).toEqual({})
  expect(help({})).toEqual({})
})
