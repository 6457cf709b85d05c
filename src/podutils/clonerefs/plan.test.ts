// The commands of a clone, the options, and the records, each as plain data.
import { describe, expect, test } from 'vitest'
import type { CloneRecord } from '../../api/pod-utilities.ts'
import type { Refs } from '../../api/prowjob.ts'
import { withoutUser } from './askpass.ts'
import { commandText } from './command.ts'
import { checkClonerefs, clonerefsFromFlags, parseRepo } from './options.ts'
import { checkoutPath, cloneUri, planClone } from './plan.ts'
import { formatRecord, withoutSecrets } from './records.ts'

const refs = { org: 'o', repo: 'r', base_ref: 'master' }
const uri = 'https://github.com/o/r.git'
function commands(more: Partial<Refs> = {}): string[] {
  const plan = planClone({ ...refs, ...more }, cloneUri({ ...refs, ...more }), { src_root: '/go' })
  const all = [...plan.checkout, ...plan.merges, ...plan.submodules]
  return all.map(({ program, args, retried, datedBaseTimePlus }) =>
    [program, ...args, retried ? '®' : '', datedBaseTimePlus ? `+${datedBaseTimePlus}` : ''].filter(Boolean).join(' '),
  )
}

test('a branch, step by step', () => {
  expect(commands()).toEqual([
    'mkdir -p /go/src/github.com/o/r',
    'git init',
    `git fetch ${uri} --tags --prune ®`,
    `git fetch ${uri} master ®`,
    'git checkout FETCH_HEAD',
    'git branch --force master FETCH_HEAD',
    'git checkout master',
    'git submodule update --init --recursive',
  ])
})

test('everything at once', () => {
  const plan = planClone(
    {
      ...refs,
      base_sha: 'b1',
      skip_submodules: true,
      clone_depth: 3,
      blobless_fetch: true,
      pulls: [{ number: 1, author: '', sha: 'p1' }],
    },
    uri,
    { src_root: '/go', git_user_name: 'n', git_user_email: 'e', cookie_path: '/c' },
  )
  const all = [...plan.checkout, ...plan.merges, ...plan.submodules]
  expect(all.map(({ args }) => args.join(' '))).toEqual([
    '-p /go/src/github.com/o/r',
    'init',
    'config user.name n',
    'config user.email e',
    'config http.cookiefile /c',
    `fetch --depth 3 --filter=blob:none ${uri} --tags --prune`,
    `fetch --depth 3 --filter=blob:none ${uri} b1`,
    'checkout b1',
    'branch --force master b1',
    'checkout master',
    `fetch --filter=blob:none ${uri} p1`,
    'merge --no-ff p1',
  ])
})

test('sparse: no tags, no first fetch, patterns before the checkout', () => {
  expect(commands({ sparse_checkout_files: ['a', 'b/c'] }).slice(2, 6)).toEqual([
    'git sparse-checkout init',
    `git fetch --filter=blob:none --no-tags ${uri} master ®`,
    'git sparse-checkout set a b/c',
    'git checkout FETCH_HEAD',
  ])
})

test('skip_fetch_head leaves the tags out', () => {
  expect(commands({ skip_fetch_head: true }).filter((text) => text.includes('fetch'))).toEqual([
    `git fetch ${uri} master ®`,
  ])
})

test.each([
  [{ sha: '' }, 'pull/1/head', 'FETCH_HEAD'],
  [{ sha: 'p1' }, 'p1', 'p1'],
  [{ sha: '', ref: 'refs/changes/1' }, 'refs/changes/1', 'FETCH_HEAD'],
  [{ sha: 'p1', ref: 'refs/changes/1' }, 'refs/changes/1', 'p1'],
])('pull %j: fetch %s, merge %s', (pull, fetched, merged) => {
  const all = commands({
    pulls: [
      { number: 1, author: '', ...pull },
      { number: 2, author: '', sha: 'p2' },
    ],
  })
  expect(all.slice(-5, -1)).toEqual([
    `git fetch ${uri} ${fetched} ®`,
    `git merge --no-ff ${merged} +1`,
    `git fetch ${uri} p2 ®`,
    'git merge --no-ff p2 +2',
  ])
})

test.each<[Partial<Refs>, string]>([
  [{}, '/go/src/github.com/o/r'],
  [{ path_alias: 'k8s.io/r' }, '/go/src/k8s.io/r'],
  [{ repo_link: 'https://git.example/a/b' }, '/go/src/git.example/a/b'],
])('%j is checked out at %s', (more, path) => expect(checkoutPath('/go', { ...refs, ...more })).toBe(path))

test.each<[Partial<Refs>, string]>([
  [{ path_alias: '../../etc' }, 'leads out of /go/src'],
  [{ base_ref: '--upload-pack=touch /tmp/x' }, 'must not begin with "-"'],
  [{ clone_uri: '--upload-pack=x' }, 'must not begin with "-"'],
  [{ pulls: [{ number: 1, author: '', sha: 'x', ref: '-x' }] }, 'ref of #1'],
])('%j is not cloned', (more, why) => expect(() => commands(more)).toThrow(why))

test.each([
  [{}, 'https://github.com/o/r.git'],
  [{ repo_link: 'https://git.example/a' }, 'https://git.example/a.git'],
  [{ clone_uri: 'git@github.com:o/r', repo_link: 'x' }, 'git@github.com:o/r'],
])('%j is cloned from %s', (more, uri) => expect(cloneUri({ ...refs, ...more })).toBe(uri))

test.each([
  ['https://a:b@host/x', 'https://host/x'],
  ['https://host/x%20y', 'https://host/x%20y'],
  ['git@github.com:o/r', 'git@github.com:o/r'],
  ['ssh://git@host/x', 'ssh://git@host/x'],
])('%s without user is %s', (before, after) => expect(withoutUser(before)).toBe(after))

test('command text', () => {
  const echo = { cwd: 'abc', program: 'echo', args: ['hij klm'] }
  expect(commandText({ ...echo, env: { d: 'e', f: 'g' } })).toBe('PWD=abc d=e f=g echo hij klm')
  expect(commandText(echo)).toBe('PWD=abc  echo hij klm')
})

describe('options', () => {
  test('--repo', () => {
    expect(parseRepo('org,repo=branch:sha,1:psha:pref,2')).toEqual({
      org: 'org',
      repo: 'repo',
      base_ref: 'branch',
      base_sha: 'sha',
      pulls: [
        { number: 1, author: '', sha: 'psha', ref: 'pref' },
        { number: 2, author: '', sha: '' },
      ],
    })
  })
  test.each(['org=branch', 'org,repo=', 'org,repo', 'o,r=b:x:y', 'o,r=b,NaN:sha', 'o,r=b,1:a:b:c'])(
    '--repo=%s is refused',
    (text) => expect(() => parseRepo(text)).toThrow('invalid repo'),
  )
  test('have defaults as flags', () => {
    expect(clonerefsFromFlags(['--repo=o,r=b', '--src-root=/go', '--log', '/l'])).toMatchObject({
      git_user_name: 'ci-robot',
      refs: [{ org: 'o', repo: 'r', base_ref: 'b' }],
      src_root: '/go',
      log: '/l',
    })
  })

  const good = { src_root: '/go', log: '/l', refs: [refs] }
  test.each([
    [{ src_root: '' }, 'no source root'],
    [{ log: '' }, 'no log file'],
    [{ refs: [] }, 'no refs'],
    [{ refs: [refs, refs] }, 'more than once'],
    [{ github_app_id: '1', oauth_token_file: '/t' }, 'cannot be used together'],
    [{ github_app_id: '1' }, 'github_api_endpoints'],
    [{ github_app_id: '1', github_api_endpoints: ['https://x'] }, 'needs both'],
  ])('%j are refused', (more, why) => expect(() => checkClonerefs({ ...good, ...more })).toThrow(why))

  test('two repositories at one path are suspicious', () => {
    const both = [refs, { ...refs, repo: 'x' }].map((one) => ({ ...one, path_alias: 'a' }))
    expect(checkClonerefs({ ...good, refs: both })).toEqual([expect.stringContaining('same path /go/src/a')])
    expect(checkClonerefs(good)).toEqual([])
  })
})

test('records as people read them', () => {
  const record: CloneRecord = {
    refs: { ...refs, base_sha: 'b1', pulls: [{ number: 7, author: 'al', sha: 'p1' }] },
    commands: [
      { command: 'PWD=/  git init', output: 'done\n', duration: 1.5e9 },
      { command: 'PWD=/  git fetch', output: 'no newline', error: 'exit status 1' },
    ],
    failed: true,
    duration: 2e9,
  }
  expect(formatRecord(record)).toBe(
    [
      '# FAILED',
      '# Cloning o/r at master(b1)',
      '# Checking out pulls:',
      '#\t7(p1)',
      '$ PWD=/  git init (runtime: 1.5s)',
      'done',
      '$ PWD=/  git fetch',
      'no newline# Error: exit status 1',
      '# Total runtime: 2s',
      '',
    ].join('\n'),
  )
  expect(formatRecord({ refs: { org: '', repo: '' }, commands: [], final_sha: 'f' })).toBe(
    'Environment setup\n# Final SHA: f\n',
  )
})

test('records do not tell secrets', () => {
  expect(withoutSecrets({ command: 'a s3cret', output: 's3crets3cret', error: 's3cret!' }, ['s3cret', ''])).toEqual({
    command: 'a XXXXXX',
    output: 'XXXXXXXXXXXX',
    error: 'XXXXXX!',
  })
})
