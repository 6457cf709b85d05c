// Merges without a checkout, held to what git itself does in a working copy.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MergeMethod } from './git.ts'
import { gitScene, lines, type Scene } from './testing/scene.ts'

let scene: Scene
let base = ''
beforeAll(async () => {
  scene = await gitScene()
  scene.repo.commit('one', { a: lines(1, 60), b: lines(100, 160), 'd/c': 'c\n' })
  base = scene.repo.commit('two', { a: lines(1, 61) })
})
afterAll(() => scene.close())

const methods: readonly MergeMethod[] = ['merge', 'squash', 'rebase', 'ifNecessary']

/** Runs git at the code host, somewhere off its branches. */
const at = (commit: string, ...steps: (() => unknown)[]): string => {
  const { git } = scene.repo
  git('checkout', '-q', '--detach', commit)
  for (const step of steps) step()
  const sha = git('rev-parse', 'HEAD')
  git('checkout', '-q', '-f', 'master')
  return sha
}
const commit = (message: string, files: Record<string, string>) => () => scene.repo.commit(message, files)
const git =
  (...args: string[]) =>
  () =>
    scene.repo.git(...args)

const stories: Readonly<Record<string, () => { onto: string; heads: string[] }>> = {
  'a change beside a change': () => ({
    onto: at(base, commit('m', { a: `first\n${lines(1, 61)}` })),
    heads: [at(base, commit('p', { a: `${lines(1, 61)}last\n` }))],
  }),
  'a change of a file that was moved': () => ({
    onto: at(base, git('mv', 'b', 'moved'), commit('m', {})),
    heads: [at(base, commit('p', { b: `${lines(100, 159)}changed\n` }))],
  }),
  'three heads': () => ({
    onto: base,
    heads: [1, 2, 3].map((n) => at(base, commit('p1', { [`new${n}`]: 'x' }), commit('p2', { [`d/new${n}`]: 'y' }))),
  }),
  'a head on top of the base': () => ({
    onto: base,
    heads: [at(base, commit('p', { d2: 'd' }), commit('q', { d3: 'd' }))],
  }),
  'a head that is merged already': () => ({ onto: base, heads: [scene.repo.git('rev-parse', `${base}~1`)] }),
  'the same change on both sides, and one more': () => ({
    onto: at(base, commit('m', { a: lines(1, 70) }), commit('m2', { z: 'z' })),
    heads: [at(base, commit('other words', { a: lines(1, 70) }), commit('p2', { y: 'y' }))],
  }),
  'a head that has merged the base in between': () => ({
    onto: at(base, commit('m', { a: `first\n${lines(1, 61)}` })),
    heads: [
      at(
        base,
        commit('p', { b: `${lines(100, 159)}changed\n` }),
        git('merge', '-q', '--no-ff', '-m', 'side', at(base, commit('side', { s: 's' }))),
        commit('p2', { t: 't' }),
      ),
    ],
  }),
  'a commit that is empty from the start': () => ({
    onto: at(base, commit('m', { m: 'm' })),
    heads: [at(base, git('commit', '-q', '--allow-empty', '-m', 'nothing'), commit('p', { p: 'p' }))],
  }),
  'a base that was pushed with force': () => ({
    onto: at(`${base}~1`, commit('another two', { n: 'n' })),
    heads: [at(base, commit('p', { p: 'p' }))],
  }),
}

describe.each(methods)('%s', (method) => {
  test.each(Object.keys(stories))('%s', async (name) => {
    const { onto, heads } = stories[name]?.() ?? { onto: '', heads: [] }
    const mirror = scene.mirror()
    const merged = await mirror.merged(onto, heads, method)
    const copy = await mirror.worktree(onto)
    for (const head of heads) await copy.merge(head, method)
    const byCheckout = await copy.head()
    expect(await mirror.files(merged)).toEqual(await mirror.files(byCheckout))
    expect(await mirror.merged(onto, heads, method), 'the same again').toBe(merged)
    if (method !== 'rebase') return
    const told = (sha: string) => scene.local('log', '--format=%an|%ae|%ad|%cn|%ce|%s', `${onto}..${sha}`)
    expect(told(merged)).toBe(told(byCheckout))
  })

  test('of a head that does not fit', async () => {
    const onto = at(base, commit('m', { a: 'mine\n', b: 'mine\n' }))
    const fits = at(base, commit('p', { p: 'p' }))
    const head = at(base, commit('p', { a: 'yours\n', b: 'yours\n' }))
    const conflict = { kind: 'conflict', message: `org/repo: ${head} cannot be merged: conflict in a, b` }
    const mirror = scene.mirror()
    await expect(mirror.merged(onto, [fits, head], method)).rejects.toMatchObject(conflict)
    const copy = await mirror.worktree(onto)
    await expect(copy.merge(head, method)).rejects.toMatchObject(conflict)
    expect([await copy.head(), await copy.isDirty()]).toEqual([onto, false])
    await copy.merge(fits, method)
    await copy.close()
  })
})

test('histories that have nothing in common do not merge', async () => {
  const head = at(
    base,
    git('checkout', '-q', '--orphan', 'new'),
    commit('p', { p: 'p' }),
    git('checkout', '-q', '--detach'),
  )
  const conflict = { kind: 'conflict', message: expect.stringContaining('nothing in common') }
  const mirror = scene.mirror()
  await expect(mirror.merged(base, [head], 'merge')).rejects.toMatchObject(conflict)
  await expect((await mirror.worktree(base)).merge(head, 'merge')).rejects.toMatchObject(conflict)
})

test('contents that a merge has to look into come in one request', async () => {
  const onto = at(base, commit('m', { a: `first\n${lines(1, 61)}`, b: `first\n${lines(100, 160)}`, 'd/c': 'c\nd\n' }))
  const head = at(base, commit('p', { a: `${lines(1, 61)}last\n`, b: `${lines(100, 160)}last\n` }))
  const mirror = scene.mirror()
  await mirror.ensure([onto, head])
  const before = scene.uploads()
  await mirror.merged(onto, [head], 'merge')
  expect(scene.uploads() - before).toBe(1)
})

test('contents that a rebase of many commits has to look into come in few requests', async () => {
  const onto = at(base, commit('m', { a: `first\n${lines(1, 61)}` }))
  const edits = Array.from({ length: 10 }, (_, n) => commit(`p${n}`, { a: `${lines(1, 61)}last ${n}\n` }))
  const head = at(base, ...edits)
  const mirror = scene.open({ cacheDir: `${scene.folder}/fresh` }).mirror({ org: 'org', repo: 'repo' })
  await mirror.ensure([onto, head])
  const before = scene.uploads()
  const merged = await mirror.merged(onto, [head], 'rebase')
  expect(scene.uploads() - before).toBeLessThanOrEqual(2)
  const [file] = await mirror.files(merged, ['a'])
  expect(String((await mirror.read([file?.blob ?? ''], 1e6)).get(file?.blob ?? ''))).toBe(
    `first\n${lines(1, 61)}last 9\n`,
  )
})

test('the message of a commit that is rebased stays as it is', async () => {
  const message = 'Titel mit ü\n\n\tindented\x1f\n\nSigned-off-by: x'
  const head = at(base, () => scene.repo.commit(message, { p: 'p' }))
  const onto = at(base, commit('m', { m: 'm' }))
  const merged = await scene.mirror().merged(onto, [head], 'rebase')
  expect(scene.local('log', '-1', '--format=%B', merged)).toBe(message)
})

test('a rebase of more commits than anybody would review is refused', async () => {
  const stream = Array.from(
    { length: 1001 },
    (_, n) => `commit refs/heads/many\ncommitter a <b> ${n} +0000\ndata 1\nx\n${n === 0 ? `from ${base}\n` : ''}\n`,
  )
  scene.feed(['fast-import', '--quiet'], stream.join(''))
  const head = scene.repo.git('rev-parse', 'many')
  const onto = at(base, commit('m', { m: 'm' }))
  await expect(scene.mirror().merged(onto, [head], 'rebase')).rejects.toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('more than 1000 commits'),
  })
})
