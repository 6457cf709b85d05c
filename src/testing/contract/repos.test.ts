// Repositories with their labels, milestones, branches and files, on every code host.
import { expect } from 'vitest'
import { at, bot, elsewhere, files, kindBug } from './cast.ts'
import { onEveryHost } from './stage.ts'

const none = { ...at, repo: 'none' }
const missing = { kind: 'not-found' }
const bad = { kind: 'invalid' }
const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('utf8')

onEveryHost('repositories', (play) => {
  play('settings', async ({ host }) => {
    const it = await host.repository(at)
    expect(it).toMatchObject({
      ...{ ...at, default_branch: 'main', private: false, archived: false, node_id: expect.stringMatching(/./) },
      ...{ allow_merge_commit: true, allow_squash_merge: true, allow_rebase_merge: true },
    })
    expect(it.parent).toBeUndefined()
    expect([...(await host.repositories(at.org))].sort()).toEqual([at.repo, elsewhere.repo])
    await expect(host.repository(none)).rejects.toMatchObject(missing)
  })

  play('labels are made once', async ({ host }) => {
    expect(await host.repoLabels(at)).toContainEqual(kindBug)
    await host.createLabel(at, { name: 'area/lamp', color: '123abc', description: 'Lamps' })
    await host.createLabel(at, { name: 'AREA/lamp', color: 'ffffff', description: 'other' })
    const lamps = (await host.repoLabels(at)).filter(({ name }) => name.toLowerCase() === 'area/lamp')
    expect(lamps).toEqual([{ name: 'area/lamp', color: '123abc', description: 'Lamps' }])
    await expect(host.createLabel(at, { name: 'x', color: 'red', description: '' })).rejects.toMatchObject(bad)
    await expect(host.repoLabels(none)).rejects.toMatchObject(missing)
    await expect(host.createLabel(none, kindBug)).rejects.toMatchObject(missing)
  })

  play('only open milestones are listed', async ({ host }) => {
    expect(await host.milestones(at)).toEqual([{ number: 1, title: 'v1', state: 'open' }])
    await expect(host.milestones(none)).rejects.toMatchObject(missing)
  })

  play('a fork is made once and knows where it is from', async ({ host }) => {
    const fork = await host.createFork(at)
    expect(fork).toEqual({ org: bot, repo: at.repo })
    expect(await host.createFork(at)).toEqual(fork)
    expect((await host.repository(fork)).parent).toEqual(at)
    expect(await host.repositories(bot)).toEqual([at.repo])
    await expect(host.createFork(none)).rejects.toMatchObject(missing)
  })

  play('refs are made, listed, deleted', async ({ host, openPull }) => {
    const sha = await host.branchSha(at, 'main')
    const other = (await host.pullRequest(await openPull('bob', 'Elsewhere'))).head.sha
    await host.createRef(at, 'heads/release-2', sha)
    await host.createRef(at, 'heads/release-2', sha)
    await expect(host.createRef(at, 'heads/release-2', other)).rejects.toMatchObject({ kind: 'conflict' })
    await host.createRef(at, 'tags/v1.0', sha)
    expect(await host.refs(at, 'heads/release-')).toEqual([
      { ref: 'heads/release-1', sha: expect.any(String) },
      { ref: 'heads/release-2', sha },
    ])
    expect(await host.refs(at, 'tags/')).toEqual([{ ref: 'tags/v1.0', sha }])
    expect(await host.refs(at, 'heads/none')).toEqual([])
    await host.deleteRef(at, 'heads/release-2')
    await host.deleteRef(at, 'heads/release-2')
    await expect(host.branchSha(at, 'release-2')).rejects.toMatchObject(missing)
    await expect(host.createRef(none, 'heads/x', sha)).rejects.toMatchObject(missing)
    await expect(host.deleteRef(none, 'heads/x')).rejects.toMatchObject(missing)
    await expect(host.refs(none, 'heads/')).rejects.toMatchObject(missing)
  })

  play('files are read as they are, at branches and commits', async ({ host }) => {
    const sha = await host.branchSha(at, 'main')
    expect(text(await host.file(at, 'README.md', 'main'))).toBe(files['README.md'])
    expect(text(await host.file(at, 'docs/deep/b.md', sha))).toBe('b\n')
    expect(new Uint8Array((await host.file(at, 'bytes', 'main')) ?? [])).toEqual(files.bytes)
    expect(await host.file(at, 'docs', 'main')).toBeUndefined()
    expect(await host.file(at, 'none.txt', 'main')).toBeUndefined()
    expect(await host.file(at, 'README.md', 'no-such-branch')).toBeUndefined()
    await expect(host.file(at, 'README.md', 'main', 4)).rejects.toMatchObject(bad)
  })

  play('directories list what lies in them', async ({ host }) => {
    const shape = async (path: string) =>
      (await host.directory(at, path, 'main'))?.map((entry) => [entry.path, entry.type, entry.size])
    expect(await shape('')).toEqual([
      ['README.md', 'file', files['README.md'].length],
      ['bytes', 'file', 5],
      ['docs', 'dir', 0],
    ])
    expect(await shape('docs')).toEqual([
      ['docs/a.md', 'file', 2],
      ['docs/deep', 'dir', 0],
    ])
    expect(await shape('README.md')).toBeUndefined()
    expect(await shape('none')).toBeUndefined()
  })

  play('blame names who changed the lines last', async ({ host }) => {
    expect(await host.blame(at, 'README.md', 'main')).toEqual([
      { start: 1, end: 1, login: 'alice', date: expect.stringMatching(/^\d{4}-/) },
    ])
    expect(await host.blame(at, 'none.txt', 'main')).toEqual([])
    await expect(host.blame(at, 'README.md', 'no-such-branch')).rejects.toMatchObject(missing)
  })

  play('protection says which contexts are required', async ({ host, protect }) => {
    expect(await host.requiredContexts(at, 'main')).toEqual([])
    await protect('main', ['build', 'lint'])
    expect(await host.requiredContexts(at, 'main')).toEqual(['build', 'lint'])
    await expect(host.requiredContexts(at, 'none')).rejects.toMatchObject(missing)
  })
})
