// The jobs of repositories: what is asked of whom, what is kept, and what happens when it fails.
import pino from 'pino'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { evaluateInRepo, type InRepoFiles } from '../config/in-repo/evaluate.ts'
import type { Config } from '../config/types.ts'
import { GitError } from '../git/git.ts'
import { testClock } from '../testing/clock.ts'
import { snapshot } from '../testing/config.ts'
import { type InRepo, type InRepoAsk, inRepo } from './in-repo.ts'
import { CutOffError, type Sandbox } from './sandbox.ts'
import { type MemoryFile, memoryGit } from './testing/memory-git.ts'

const enabled = { in_repo_config: { enabled: { '*': true }, allowed_clusters: { '*': ['default'] } } }
const job = (name: string) => `presubmits: [{name: ${name}, spec: {containers: [{image: i}]}}]\n`

interface Play {
  readonly files?: Readonly<Record<string, MemoryFile>>
  readonly cacheSize?: number
  readonly evaluate?: (work: InRepoFiles) => ReturnType<typeof evaluateInRepo>
}

let stop = new AbortController()
beforeEach(() => {
  stop = new AbortController()
})
afterEach(() => stop.abort(new Error('the test is over')))

function play({ files = { '.prow.yaml': job('a') }, cacheSize, evaluate = evaluateInRepo }: Play = {}) {
  const git = memoryGit({ base: files, 'base+h1': files, 'base+h2': files, 'base+h1+h2': files, other: files })
  const metrics = new Registry()
  const clock = testClock()
  const worked: string[] = []
  const sandbox: Sandbox = {
    async evaluate(work) {
      worked.push(work.repo)
      return evaluate(work)
    },
    match: async () => 0,
  }
  const it = inRepo({
    git,
    clock,
    metrics,
    log: pino({ level: 'silent' }),
    signal: stop.signal,
    sandbox,
    ...(cacheSize !== undefined && { cacheSize }),
  })
  const config = snapshot({ config: enabled }).config
  const count = async (name: string) => {
    const values = (await metrics.getSingleMetric(`inRepoConfigCache_${name}`)?.get())?.values ?? []
    return values.reduce((sum, { value }) => sum + value, 0)
  }
  return { it, git, clock, metrics, worked, config, count }
}

const ask = (config: Config, more: Partial<InRepoAsk> = {}): InRepoAsk => ({
  org: 'org',
  repo: 'repo',
  baseSha: async () => 'base',
  heads: async () => ['h1'],
  config,
  signal: new AbortController().signal,
  ...more,
})
const names = async (it: InRepo, asked: InRepoAsk) => (await it.jobs(asked)).presubmits.map(({ name }) => name)

describe('what is asked', () => {
  test('nothing, where it is not enabled', async () => {
    const { it, git, count } = play()
    const never = () => Promise.reject(new Error('this must not be asked'))
    const found = await it.jobs(ask(snapshot().config, { baseSha: never, heads: never }))
    expect(found).toEqual({ presubmits: [], postsubmits: [], problems: [], warnings: [], size: 0 })
    expect([git.calls, await count('lookups')]).toEqual([[], 0])
  })

  test('the merge of base and heads, in their order', async () => {
    const { it, git, config } = play()
    expect(await names(it, ask(config, { heads: async () => ['h1', '', 'h2', 'h1'] }))).toEqual(['a'])
    expect(git.calls).toEqual(['ensure base h1 h2', 'merged base h1 h2 merge', 'files base+h1+h2', 'read 1'])
  })

  test('what was pushed, without a merge', async () => {
    const { it, git, config } = play()
    await it.jobs(ask(config, { heads: async () => [] }))
    expect(git.calls).toEqual(['ensure base', 'files base', 'read 1'])
  })

  test.each<[methods: Config['tide']['merge_method'], want: string]>([
    [{}, 'merge'],
    [{ org: 'squash' }, 'squash'],
    [{ org: 'squash', 'org/repo': 'rebase' }, 'rebase'],
    [{ org: { repo: 'rebase' } }, 'rebase'],
    [{ org: { '*': 'rebase' } }, 'rebase'],
    [{ org: { repo: 'squash' }, 'org/repo': 'rebase' }, 'rebase'],
    [{ org: { repo: { main: 'squash', '.*': 'rebase' } } }, 'rebase'],
    [{ org: { repo: { main: 'squash' }, '*': 'rebase' } }, 'merge'],
  ])('tide merges by %j, so we do with %s', async (merge_method, want) => {
    const { it, git, config } = play()
    await it.jobs(ask({ ...config, tide: { ...config.tide, merge_method } }))
    expect(git.calls[1]).toBe(`merged base h1 ${want}`)
  })

  test.each([
    ['baseSha', 'failed to get baseSHA: away'],
    ['heads', 'failed to get headSHAs: away'],
  ] as const)('%s that cannot be had', async (which, message) => {
    const { it, config, count } = play()
    const away = () => Promise.reject(new Error('away'))
    await expect(it.jobs(ask(config, { [which]: away }))).rejects.toThrow(message)
    expect(await count('cache_usage_size')).toBe(0)
  })
})

describe('files', () => {
  test('that do not matter are not read', async () => {
    const { it, git, config } = play({
      files: { '.prow.yaml': job('no'), '.prow/a.yaml': job('a'), '.prow/README.md': 'x', 'main.go': 'x' },
    })
    expect(await names(it, ask(config))).toEqual(['a'])
    expect(git.calls.at(-1)).toBe('read 1')
  })

  test.each<[why: string, files: Record<string, MemoryFile>, want: string[]]>([
    ['within the folder', { '.prow/a.yaml': { link: 'b.txt' }, '.prow/b.txt': job('b') }, ['b']],
    ['to the rest of the repository', { '.prow.yaml': { link: 'ci/jobs.yaml' }, 'ci/jobs.yaml': job('c') }, ['c']],
  ])('links %s are followed', async (_why, files, want) => {
    const { it, config } = play({ files })
    expect(await names(it, ask(config))).toEqual(want)
  })

  test.each(['../../etc/passwd', '/etc/passwd', 'nowhere', '.', 'x'.repeat(5000)])(
    'a link to %j is a mistake',
    async (link) => {
      const { it, config } = play({ files: { '.prow.yaml': { link } } })
      const { problems } = await it.jobs(ask(config))
      expect(problems.map(({ message }) => message)).toEqual(['is a link that leads to no file of this repository'])
    },
  )

  test('that are too many are not even read', async () => {
    const files = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`.prow/${index}.yaml`, '']))
    const { it, git, config } = play({ files })
    const { problems } = await it.jobs(ask(config))
    expect(problems.map(({ message }) => message)).toEqual(['there are 10000 files of jobs; at most 2000 are read'])
    expect(git.calls.at(-1)).toBe('files base+h1')
  })

  test('that are too much together are not all read', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`.prow/${index}.yaml`, `${index}${' '.repeat(90_000)}`]),
    )
    const { it, git, config } = play({ files })
    const { problems } = await it.jobs(ask(config))
    expect(problems.map(({ message }) => message)).toEqual(['all files together have more than 4000000 bytes'])
    expect(git.calls.filter((call) => call.startsWith('read'))).toEqual(['read 40', 'read 40'])
  })

  test('of 50 MB have their size told, and count for nothing when they are ignored', async () => {
    const big = { '.prow/big.yaml': { size: 50_000_000 }, '.prow/a.yaml': job('a') }
    const { it, config } = play({ files: big })
    expect((await it.jobs(ask(config))).problems[0]?.message).toContain('has 50000000 bytes')
    const ignored = play({ files: { ...big, '.prowignore': 'big.yaml' } })
    expect(await names(ignored.it, ask(ignored.config))).toEqual(['a'])
  })
})

describe('the cache', () => {
  test('fetches once for the same commits, and evaluates once for the same configuration', async () => {
    const { it, git, worked, config, count } = play()
    for (let time = 0; time < 3; time++) expect(await names(it, ask(config))).toEqual(['a'])
    expect([git.calls.length, worked.length]).toEqual([4, 1])
    const changed = { ...config, in_repo_config: { ...enabled.in_repo_config, allowed_clusters: {} } }
    expect((await it.jobs(ask(changed))).problems[0]?.message).toContain('is not allowed')
    expect([git.calls.length, worked.length]).toEqual([4, 2])
    expect([await count('lookups'), await count('hits'), await count('misses')]).toEqual([4, 3, 1])
    expect(await count('cache_usage_size')).toBe(1)
  })

  test('is shared by those who ask at the same time', async () => {
    const { it, git, config } = play()
    const found = await Promise.all([1, 2, 3].map(() => names(it, ask(config))))
    expect([found, git.calls.length]).toEqual([[['a'], ['a'], ['a']], 4])
  })

  test.each<[why: string, more: Partial<InRepoAsk>]>([
    ['another head', { heads: async () => ['h2'] }],
    ['another order', { heads: async () => ['h2', 'h1'] }],
    ['another way to merge', { method: 'squash' }],
    ['another repository', { repo: 'other' }],
  ])('knows %s as something else', async (_why, more) => {
    const { it, git, config } = play()
    git.commits.set('base+h2+h1', { '.prow.yaml': job('a') })
    await it.jobs(ask(config))
    await it.jobs(ask(config, more))
    expect(git.calls.filter((call) => call.startsWith('files')).length).toBe(2)
  })

  test('forgets what failed', async () => {
    const { it, git, config, count } = play()
    git.before = () => Promise.reject(new GitError('unavailable', 'the network is down'))
    await expect(it.jobs(ask(config))).rejects.toThrow('the network is down')
    git.before = undefined
    expect(await names(it, ask(config))).toEqual(['a'])
    expect([await count('evictions_manual'), await count('cache_usage_size')]).toEqual([1, 1])
  })

  test('drops what was not used for longest', async () => {
    const { it, git, config, count } = play({ cacheSize: 2 })
    const at = (base: string) => it.jobs(ask(config, { baseSha: async () => base, heads: async () => [] }))
    git.commits.set('third', {})
    for (const base of ['base', 'other', 'base', 'third', 'base']) await at(base)
    expect(git.calls.filter((call) => call.startsWith('files'))).toEqual(['files base', 'files other', 'files third'])
    expect([await count('evictions_forced'), await count('cache_usage_size')]).toEqual([1, 2])
  })

  test('does not grow with what repositories hold', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 4 }, (_, index) => [`.prow/${index}.yaml`, `# ${' '.repeat(990_000)}`]),
    )
    const { it, git, config, count } = play({ files })
    for (let time = 0; time < 30; time++) {
      git.commits.set(`b${time}`, files)
      await it.jobs(ask(config, { baseSha: async () => `b${time}`, heads: async () => [] }))
    }
    expect(await count('cache_usage_size')).toBe(16)
  })

  test('nor with the jobs that come of it', async () => {
    const { it, git, config, count } = play({ evaluate: (work) => ({ ...evaluateInRepo(work), size: 8_000_000 }) })
    for (let time = 0; time < 12; time++) {
      git.commits.set(`b${time}`, { '.prow.yaml': job('a') })
      await it.jobs(ask(config, { baseSha: async () => `b${time}`, heads: async () => [] }))
    }
    expect(await count('cache_usage_size')).toBe(7)
  })

  test('whoever gives up waiting leaves the work to the others', async () => {
    const { it, git, config } = play()
    const gate = Promise.withResolvers<void>()
    git.before = () => gate.promise
    const impatient = new AbortController()
    const given = it.jobs(ask(config, { signal: impatient.signal }))
    const patient = names(it, ask(config))
    impatient.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    gate.resolve()
    expect(await patient).toEqual(['a'])
  })
})

describe('work that was cut off', () => {
  test('is a problem of the repository, and not tried again for ten minutes', async () => {
    let slow = true
    const { it, clock, worked, config } = play({
      evaluate: (work) => {
        if (slow) throw new CutOffError('it takes longer than 5 s')
        return evaluateInRepo(work)
      },
    })
    const told = async () => (await it.jobs(ask(config))).problems.map(({ message }) => message)
    expect(await told()).toEqual(['reading the files was given up: it takes longer than 5 s'])
    slow = false
    await clock.advance('9m')
    expect([(await told()).length, worked.length]).toEqual([1, 1])
    await clock.advance('2m')
    expect([await told(), worked.length]).toEqual([[], 2])
  })
})
