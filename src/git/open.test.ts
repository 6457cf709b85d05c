// Mirrors with the real git and a real server: what they fetch and read, and what they refuse.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Mirror } from './git.ts'
import { gitScene, lines, type Scene } from './testing/scene.ts'

let scene: Scene
let base = ''
beforeEach(async () => {
  scene = await gitScene()
  base = scene.repo.commit('one', { 'README.md': 'hello\n', 'docs/a b.md': lines(1, 40), '.prow.yaml': '{}\n' })
})
afterEach(() => scene.close())

const paths = (files: readonly { path: string }[]) => files.map(({ path }) => path)
async function text(mirror: Mirror, treeish: string, path: string): Promise<string | undefined> {
  const [file] = await mirror.files(treeish, [path])
  return file && String((await mirror.read([file.blob], 1e6)).get(file.blob))
}
const nowhere = 'dead'.repeat(10)

describe('ensure', () => {
  test('brings a commit that no branch holds, without contents, and once', async () => {
    const head = scene.pull({ 'new.txt': 'new\n' }, base)
    const mirror = scene.mirror()
    await mirror.ensure([base, head])
    expect(scene.uploads()).toBe(1)
    const before = scene.requests()
    await mirror.ensure([head, base])
    expect(paths(await mirror.files(head))).toEqual(['.prow.yaml', 'README.md', 'docs/a b.md', 'new.txt'])
    expect(scene.requests()).toBe(before)
    expect(scene.local('cat-file', '--batch-all-objects', '--batch-check=%(objecttype)')).not.toContain('blob')
  })

  test('fetches only what is new', async () => {
    for (let n = 0; n < 50; n++) scene.repo.commit(`more ${n}`, { n: String(n) })
    const mirror = scene.mirror()
    await mirror.ensure([scene.repo.git('rev-parse', 'HEAD')])
    const next = scene.repo.commit('next', { next: 'x' })
    await mirror.ensure([next])
    const packs = readdirSync(join(scene.mirrorDir, 'objects/pack')).filter((name) => name.endsWith('.idx'))
    const counts = packs.map((name) =>
      Number(
        execFileSync('git', ['show-index'], {
          input: readFileSync(join(scene.mirrorDir, 'objects/pack', name)),
          encoding: 'utf8',
        }).split('\n').length - 1,
      ),
    )
    expect(counts.sort((a, b) => a - b)).toEqual([3, 103])
  })

  test('goes on after a base was pushed with force', async () => {
    const mirror = scene.mirror()
    await mirror.ensure([base])
    scene.repo.git('reset', '-q', '--hard', base)
    scene.repo.git('commit', '-q', '--amend', '-m', 'another one')
    const forced = scene.repo.git('rev-parse', 'HEAD')
    expect(await mirror.head('master')).toBe(forced)
    await mirror.ensure([forced, base])
    expect(await text(mirror, forced, 'README.md')).toBe('hello\n')
  })

  test('names the commits that the remote has not got, and brings the others', async () => {
    const head = scene.pull({ 'new.txt': 'new\n' }, base)
    const mirror = scene.mirror()
    const answers = await Promise.allSettled([
      mirror.ensure([nowhere]),
      mirror.ensure([base, nowhere]),
      mirror.ensure([head]),
      mirror.ensure(['beef'.repeat(10)]),
    ])
    const noCommit = (sha: string) => ({
      status: 'rejected',
      reason: expect.objectContaining({ kind: 'no-commit', message: `org/repo: the remote has no commit ${sha}` }),
    })
    expect(answers).toEqual([
      noCommit(nowhere),
      noCommit(nowhere),
      { status: 'fulfilled', value: undefined },
      noCommit('beef'.repeat(10)),
    ])
    await mirror.ensure([base])
    expect(scene.uploads()).toBeLessThanOrEqual(5)
  })

  test('takes no tree for a commit, and nothing that is not a full SHA', async () => {
    const mirror = scene.mirror()
    const tree = scene.repo.git('rev-parse', 'HEAD^{tree}')
    await expect(mirror.ensure([tree])).rejects.toMatchObject({ kind: 'no-commit' })
    for (const odd of ['master', base.slice(0, 12), `${base}\n${base}`, `-${base.slice(1)}`, '', '--all'])
      await expect(mirror.ensure([odd]), odd).rejects.toMatchObject({
        kind: 'no-commit',
        message: expect.stringContaining('full SHA'),
      })
    expect(scene.uploads()).toBeLessThanOrEqual(1)
  })

  test('asked for by fifty at once, fetches at most twice', async () => {
    const head = scene.pull({ 'new.txt': 'new\n' }, base)
    const mirror = scene.mirror()
    await Promise.all(Array.from({ length: 50 }, () => mirror.ensure([base, head])))
    expect(scene.uploads()).toBeLessThanOrEqual(2)
    const merged = await Promise.all(Array.from({ length: 50 }, () => mirror.merged(base, [head], 'merge')))
    expect(new Set(merged).size).toBe(1)
  })

  test('by many processes at once leaves one whole mirror', async () => {
    const heads = [1, 2, 3, 4].map((n) => scene.pull({ [`new${n}`]: 'new\n' }, base))
    await Promise.all(heads.map((head) => scene.mirror().merged(base, [head], 'merge')))
    expect(scene.local('-c', 'remote.origin.promisor=true', 'fsck', '--connectivity-only')).not.toMatch(/error|broken/)
    expect(readdirSync(join(scene.cacheDir, 'org'))).toEqual(['repo'])
  })

  test('takes everything from a server that knows no filters', async () => {
    scene.server.hideFilters()
    const mirror = scene.mirror()
    await mirror.ensure([base])
    const before = scene.requests()
    expect(await text(mirror, base, 'README.md')).toBe('hello\n')
    expect(scene.requests()).toBe(before)
  })
})

describe('head', () => {
  test('is what the branch is now, by its whole name', async () => {
    scene.repo.git('branch', 'release/1.0')
    scene.repo.git('branch', 'x/refs/heads/only')
    const mirror = scene.mirror()
    expect(await mirror.head('release/1.0')).toBe(base)
    expect(await mirror.head('1.0')).toBeUndefined()
    expect(await mirror.head('only')).toBeUndefined()
    const next = scene.repo.commit('next', { next: 'x' })
    expect(await Promise.all([mirror.head('master'), mirror.head('release/1.0')])).toEqual([next, base])
  })

  test('of a name that no branch can have is not asked for', async () => {
    const mirror = scene.mirror()
    for (const name of ['', '-x', '--upload-pack=touch /tmp/x', 'a b', 'm*', 'a..b', 'a\nb', '/a', 'a/', 'a:b', 'x~1'])
      expect(await mirror.head(name), name).toBeUndefined()
    expect(scene.requests()).toBe(0)
  })
})

describe('files', () => {
  test('are those below what is asked for', async () => {
    const head = scene.repo.commit('more', { '.prow/a.yaml': '', '.prow/sub/b.yaml': '', 'docs.md': '' })
    const mirror = scene.mirror()
    await mirror.ensure([head])
    expect(paths(await mirror.files(head, ['.prow', '.prow.yaml']))).toEqual([
      '.prow.yaml',
      '.prow/a.yaml',
      '.prow/sub/b.yaml',
    ])
    expect(paths(await mirror.files(head, ['docs/']))).toEqual(['docs/a b.md'])
    expect(await mirror.files(head, [])).toEqual([])
    expect(await mirror.files(head, ['none', '*', ':/', '-r'])).toEqual([])
    expect(await mirror.files(head, [''])).toEqual(await mirror.files(head))
    for (const odd of ['../x', '/etc', 'a//b', 'a\0b'])
      await expect(mirror.files(head, [odd]), odd).rejects.toMatchObject({ kind: 'failed' })
    await expect(mirror.files(nowhere)).rejects.toMatchObject({ kind: 'no-commit' })
    await expect(mirror.changed(head, nowhere)).rejects.toMatchObject({ kind: 'no-commit' })
  })

  test('may be links, submodules, and have names of every kind', async () => {
    const { dir, git } = scene.repo
    symlinkSync('/etc/passwd', join(dir, 'link'))
    git('add', '-A')
    git('update-index', '--add', '--cacheinfo', `160000,${base},sub`)
    const odd = ['spa ce', 'new\nline', 'ünï 🚢', '"quote\'s', 'tab\there', '-dash', 'star*', 'back\\slash']
    for (const name of odd) {
      execFileSync('sh', ['-c', 'printf x > "$1"', 'sh', `./${name}`], { cwd: dir })
      git('add', '--', `:(literal)${name}`)
    }
    git('commit', '-q', '-m', 'odd')
    const head = git('rev-parse', 'HEAD')
    const mirror = scene.mirror()
    await mirror.ensure([head, base])
    const special = (await mirror.files(head)).filter(({ kind }) => kind !== 'file')
    expect(special.map(({ path, kind }) => [path, kind])).toEqual([
      ['link', 'link'],
      ['sub', 'submodule'],
    ])
    for (const name of odd) expect(paths(await mirror.files(head, [name]))).toEqual([name])
    expect([...(await mirror.changed(base, head))].sort()).toEqual([...odd, 'link', 'sub'].sort())
  })

  test('that were renamed have changed under both names', async () => {
    scene.repo.git('mv', 'docs', 'pages')
    const head = scene.repo.commit('move', {})
    const mirror = scene.mirror()
    await mirror.ensure([base, head])
    expect(await mirror.changed(base, head)).toEqual(['docs/a b.md', 'pages/a b.md'])
    expect(await mirror.changed(head, head)).toEqual([])
  })
})

describe('read', () => {
  test('fetches all that is missing at once', async () => {
    const head = scene.repo.commit(
      'many',
      Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`many/${n}`, `${n}\n`])),
    )
    const mirror = scene.mirror()
    await mirror.ensure([head])
    const before = scene.uploads()
    const files = await mirror.files(head, ['many'])
    const read = await mirror.read(
      files.map(({ blob }) => blob),
      10,
    )
    expect(files.map(({ path, blob }) => `${path} ${read.get(blob)}`)).toEqual(
      files.map(({ path }) => `${path} ${path.slice(5)}\n`),
    )
    expect(scene.uploads() - before).toBe(1)
    expect((await mirror.read([], 10)).size).toBe(0)
  })

  test('gives the size of a file of 60 MB that is longer than asked for', async () => {
    const long = 'x'.repeat(60 << 20)
    const head = scene.repo.commit('long', { long, short: 'y', empty: '' })
    const mirror = scene.mirror()
    await mirror.ensure([head])
    const blobs = (await mirror.files(head, ['long', 'short', 'empty'])).map(({ blob }) => blob)
    const read = await mirror.read(blobs, 1 << 20)
    expect([...read.values()]).toEqual([Buffer.from(''), { size: 60 << 20 }, Buffer.from('y')])
    expect((await mirror.read(blobs.slice(1, 2), 60 << 20)).get(blobs[1] ?? '')).toHaveLength(60 << 20)
  })

  test('gives contents of every kind, byte by byte', async () => {
    const odd = ['\n', '\n\n', 'a\0b', `${'0'.repeat(40)} blob 3\nabc\n`, 'no newline']
    const head = scene.repo.commit('odd', Object.fromEntries(odd.map((content, n) => [`odd/${n}`, content])))
    const mirror = scene.mirror()
    await mirror.ensure([head])
    const blobs = (await mirror.files(head, ['odd'])).map(({ blob }) => blob)
    const read = await mirror.read(blobs, 1000)
    expect(blobs.map((blob) => String(read.get(blob)))).toEqual(odd)
  })

  test('refuses what is no content, or nowhere', async () => {
    const mirror = scene.mirror()
    await mirror.ensure([base])
    await expect(mirror.read([base], 10)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('not the content'),
    })
    await expect(mirror.read([nowhere], 10)).rejects.toMatchObject({ kind: 'no-commit' })
  })
})

describe('a damaged mirror is made anew', () => {
  test.each<[string, (dir: string) => void]>([
    ['without HEAD', (dir) => rmSync(join(dir, 'HEAD'))],
    ['without settings', (dir) => rmSync(join(dir, 'config'))],
    ['with settings that are cut off', (dir) => truncateSync(join(dir, 'config'), 10)],
    ['without objects', (dir) => rmSync(join(dir, 'objects'), { recursive: true })],
    ['with a pack that is cut off', (dir) => cutPack(dir)],
    ['that is an empty folder', (dir) => readdirSync(dir).map((name) => rmSync(join(dir, name), { recursive: true }))],
    ['that is gone', (dir) => rmSync(dir, { recursive: true })],
  ])('%s', async (_what, damage) => {
    const mirror = scene.mirror()
    const head = scene.pull({ 'README.md': 'hello\nyou\n' }, base)
    await mirror.ensure([base, head])
    damage(scene.mirrorDir)
    for (const git of [mirror, scene.mirror()]) {
      const merged = await git.merged(base, [head], 'merge')
      expect(await text(git, merged, 'README.md')).toBe('hello\nyou\n')
    }
    expect(readdirSync(join(scene.cacheDir, 'org'))).toEqual(['repo'])
  })
})

test('what was in a damaged mirror is to be fetched again, not missing at the remote', async () => {
  const mirror = scene.mirror()
  await mirror.ensure([base])
  cutPack(scene.mirrorDir)
  await expect(mirror.files(base)).rejects.toMatchObject({ kind: 'unavailable' })
  await mirror.ensure([base])
  expect(await mirror.files(base)).toHaveLength(3)
})

test('a cache that somebody cleans up while it is in use comes back', async () => {
  const mirror = scene.mirror()
  await mirror.ensure([base])
  rmSync(scene.cacheDir, { recursive: true })
  await mirror.ensure([base])
  rmSync(scene.cacheDir, { recursive: true })
  await (await mirror.worktree(base)).close()
})

test('names that no repository has are refused before anything is touched', () => {
  const git = scene.open()
  const odd = [
    '',
    '.',
    '..',
    '../x',
    'a/b',
    '--upload-pack=x',
    '-x',
    'a b',
    'a\0',
    'a\n',
    'ä',
    'a'.repeat(101),
    'a%b',
    '~',
    'a\\b',
  ]
  for (const name of odd) {
    const refusal = expect.objectContaining({ kind: 'no-repository' })
    expect(() => git.mirror({ org: 'org', repo: name }), name).toThrow(refusal)
    expect(() => git.mirror({ org: name, repo: 'repo' }), name).toThrow(refusal)
  }
  expect(() => git.mirror({ org: '.work', repo: 'x' })).toThrow()
  expect(git.mirror({ org: 'org', repo: '.github' })).toBeDefined()
  expect(existsSync(scene.cacheDir)).toBe(false)
})

describe('failures say what to do with them', () => {
  test('no such repository', async () => {
    const mirror = scene.open().mirror({ org: 'org', repo: 'none' })
    await expect(mirror.head('master')).rejects.toMatchObject({ kind: 'no-repository' })
  })
  test('nobody there', async () => {
    const mirror = scene.mirror({ host: '127.0.0.1:1' })
    await expect(mirror.ensure([base])).rejects.toMatchObject({ kind: 'unavailable' })
  })
  test('a token that does not do', async () => {
    const wrong = scene.mirror({ token: async () => 'ghs_wrong' })
    await expect(wrong.ensure([base])).rejects.toMatchObject({ kind: 'denied' })
    const none = scene.mirror({ token: async () => undefined })
    await expect(none.ensure([base])).rejects.toMatchObject({ kind: 'denied' })
  })
})

test('who no longer waits goes, and the others get their answer', async () => {
  const mirror = scene.mirror()
  const stalled = scene.server.stallAfter(100)
  const [one, two] = [new AbortController(), new AbortController()]
  const asked = mirror.ensure([base], one.signal)
  const joined = mirror.ensure([base], two.signal)
  await stalled
  one.abort(new Error('one is gone'))
  await expect(asked).rejects.toThrow('one is gone')
  two.abort(new Error('two is gone'))
  await expect(joined).rejects.toThrow('two is gone')
  scene.server.goOn()
  await mirror.ensure([base])
  await expect(mirror.files(base, undefined, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
})

test('what is done is measured by upstream’s names', async () => {
  const mirror = scene.mirror()
  await mirror.ensure([base])
  await (await mirror.worktree(base)).close()
  const told = await scene.metrics.metrics()
  for (const name of ['git_ensure_fresh_primary_duration', 'git_fetch_by_sha_duration', 'git_secondary_clone_duration'])
    expect(told).toMatch(new RegExp(`^${name}_count{org="org",repo="repo"} [1-9]`, 'm'))
})

function cutPack(dir: string): void {
  const packs = join(dir, 'objects/pack')
  const name = readdirSync(packs).find((each) => each.endsWith('.pack')) ?? ''
  rmSync(join(packs, name.replace('.pack', '.promisor')), { force: true })
  execFileSync('chmod', ['u+w', join(packs, name)])
  truncateSync(join(packs, name), 40)
}
