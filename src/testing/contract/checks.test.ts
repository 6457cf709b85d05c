// Statuses and check runs, on every code host.
import { expect } from 'vitest'
import { at } from './cast.ts'
import { onEveryHost } from './stage.ts'

onEveryHost('checks', (play) => {
  play('the newest status of each context, and all of them', async ({ host, openPull }) => {
    const { sha } = (await host.pullRequest(await openPull('bob', 'Check me'))).head
    const status = { context: 'unit', description: 'runs', target_url: 'https://ci.example/1' }
    const other = { context: 'lint', state: 'success', description: '', target_url: '' } as const
    await host.setStatus(at, sha, { ...status, state: 'pending' })
    await host.setStatus(at, sha, other)
    await host.setStatus(at, sha, { ...status, state: 'failure' })
    const newest = [...(await host.statuses(at, sha))].sort((a, b) => (a.context < b.context ? -1 : 1))
    expect(newest).toEqual([other, { ...status, state: 'failure' }])
    expect(await host.statusHistory(at, sha)).toEqual([
      { ...status, state: 'failure' },
      other,
      { ...status, state: 'pending' },
    ])
  })

  play('a description that is too long loses its middle', async ({ host, openPull }) => {
    const { sha } = (await host.pullRequest(await openPull('bob', 'Long words'))).head
    const description = `begin ${'é'.repeat(200)} end`
    await host.setStatus(at, sha, { context: 'long', state: 'success', description, target_url: '' })
    const [status] = await host.statuses(at, sha)
    expect(status?.description).toMatch(/^begin é+ \.\.\. é+ end$/)
    expect(Buffer.byteLength(status?.description ?? '')).toBeLessThanOrEqual(140)
  })

  play('more statuses than fit on a page', async ({ host, openPull }) => {
    const { sha } = (await host.pullRequest(await openPull('bob', 'Many checks'))).head
    const contexts = Array.from({ length: 101 }, (_, index) => `context-${index}`)
    for (const context of contexts)
      await host.setStatus(at, sha, { context, state: 'success', description: '', target_url: '' })
    expect((await host.statuses(at, sha)).map(({ context }) => context).sort()).toEqual([...contexts].sort())
    expect((await host.statusHistory(at, sha)).map(({ context }) => context)).toEqual(contexts.toReversed())
  })

  play('check runs are read by everybody, and made by apps only', async ({ host, openPull, checkRun }) => {
    const { sha } = (await host.pullRequest(await openPull('bob', 'Check runs'))).head
    expect(await host.checkRuns(at, sha)).toEqual([])
    await checkRun(sha, 'test / Unit Tests', 'failure')
    await checkRun(sha, 'slow')
    const runs = await host.checkRuns(at, sha)
    expect(runs).toMatchObject([
      { name: 'test / Unit Tests', head_sha: sha, status: 'completed', conclusion: 'failure' },
      { name: 'slow', head_sha: sha, status: 'in_progress' },
    ])
    expect(runs.map(({ completed_at }) => completed_at === undefined)).toEqual([false, true])
    const run = { name: 'slow', head_sha: sha, conclusion: 'success', title: 't', summary: 's' } as const
    await expect(host.createCheckRun(at, run)).rejects.toMatchObject({ kind: 'forbidden' })
  })
})
