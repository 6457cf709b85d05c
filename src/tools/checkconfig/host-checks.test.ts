// The checks that ask the code host, on one that says what the test wants.
import { expect, test } from 'vitest'
import { loadTexts } from '../../config/testing/texts.ts'
import { type Asked, checkOnHost } from './host-checks.ts'

interface World {
  /** Files on the default branch of each repository; `archived` is one that is closed. */
  readonly repos?: Readonly<Record<string, readonly string[] | 'archived'>>
  readonly installed?: readonly string[]
}

const host = ({ repos = {}, installed = [] }: World): Asked => ({
  repositories: async (org) =>
    Object.keys(repos).flatMap((name) => (name.startsWith(`${org}/`) ? [name.slice(org.length + 1)] : [])),
  repository: async ({ org, repo }) => {
    const files = repos[`${org}/${repo}`]
    if (files === undefined) throw new Error(`${org}/${repo} does not exist`)
    return {
      ...{ org, repo, node_id: '', html_url: '', default_branch: 'trunk', private: false },
      ...{
        archived: files === 'archived',
        allow_merge_commit: true,
        allow_squash_merge: true,
        allow_rebase_merge: true,
      },
    }
  },
  file: async ({ org, repo }, path, ref) => {
    expect(ref).toBe('trunk')
    return repos[`${org}/${repo}`]?.includes(path) ? new Uint8Array() : undefined
  },
  installedIn: async () => new Set(installed),
})

const place = () => undefined
const messages = async (
  check: Parameters<typeof checkOnHost>[1][number],
  texts: Parameters<typeof loadTexts>[0],
  world: World,
) =>
  (await checkOnHost({ ...loadTexts(texts), place }, [check], host(world))).map(({ code, severity, message }) => {
    expect([code, severity]).toEqual([check, 'warning'])
    return message
  })

test.each<[why: string, plugins: string, repos: World['repos'], missing: string[]]>([
  ['a repository', 'plugins: {o/r: {plugins: [approve]}}', { 'o/r': ['README'] }, ['o/r']],
  ['with the file', 'plugins: {o/r: {plugins: [approve]}}', { 'o/r': ['OWNERS'] }, []],
  ['without such plugins', 'plugins: {o/r: {plugins: [hold]}}', {}, []],
  [
    'an org',
    'plugins: {o: {plugins: [blunderbuss]}}',
    { 'o/a': [], 'o/b': ['OWNERS'], 'o/c': [], 'p/d': [] },
    ['o/a', 'o/c'],
  ],
  [
    'an exception of the org',
    'plugins: {o: {plugins: [verify-owners], excluded_repos: [a]}}',
    { 'o/a': [], 'o/b': [] },
    ['o/b'],
  ],
  ['an archive', 'plugins: {o: {plugins: [approve]}}', { 'o/a': 'archived' }, []],
  [
    'another name of the file',
    'plugins: {o/r: {plugins: [approve]}}\nowners: {filenames: {o: {owners: WHO}}}',
    { 'o/r': ['WHO'] },
    [],
  ],
])('verify-owners-presence: %s', async (_why, plugins, repos, missing) => {
  const found = await messages('verify-owners-presence', { plugins }, { ...(repos && { repos }) })
  expect(found.map((message) => message.split(' ')[0])).toEqual(missing)
})

test('a code host that fails ends the check', async () => {
  const plugins = 'plugins: {o/r: {plugins: [approve]}}'
  await expect(messages('verify-owners-presence', { plugins }, {})).rejects.toThrow('o/r does not exist')
})

test('validate-github-app-installation: orgs of everything that is configured', async () => {
  const texts = {
    config:
      'tide: {queries: [{orgs: [a]}, {repos: [b/r]}]}\nbranch-protection: {orgs: {c: {}}}\npostsubmits: {"https://x.y/r": [], f/r: [{name: j, spec: {containers: [{image: i}]}}]}',
    plugins: 'plugins: {d/r: {plugins: [hold]}}\nexternal_plugins: {e: [{name: x}]}',
  }
  const check = 'validate-github-app-installation'
  const said = (orgs: string) => [...orgs].map((org) => `the GitHub app is not installed in ${org}`)
  expect(await messages(check, texts, {})).toEqual(said('abcdef'))
  expect(await messages(check, texts, { installed: ['a', 'c', 'd', 'e'] })).toEqual(said('bf'))
})
