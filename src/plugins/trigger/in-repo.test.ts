// trigger with jobs that the repository brings itself: what it starts when they cannot be had, and what it tells of their mistakes.
import { describe, expect, test } from 'vitest'
import { type InRepoJobs, noInRepoJobs } from '../../config/in-repo/evaluate.ts'
import type { ConfigProblem } from '../../config/types.ts'
import { GitError } from '../../git/git.ts'
import type { InRepo, InRepoAsk } from '../../inrepo/in-repo.ts'
import { postsubmit, presubmit, snapshot } from '../../testing/config.ts'
import { userNamed } from '../../testing/memory-code-host.ts'
import { type PluginScene, scene } from '../../testing/plugin-scene.ts'
import { cell, mistakesComment } from './mistakes.ts'
import trigger from './trigger.ts'

const at = { org: 'org', repo: 'repo', number: 1 }
const central = presubmit({ name: 'central', always_run: true })
const own = presubmit({ name: 'own', always_run: true })
const mistake: ConfigProblem = {
  code: 'CONFIG_TYPE',
  field: 'presubmits[0].spec',
  message: 'must be a map',
  place: { file: '.prow.yaml', line: 3, column: 5 },
}

interface Play {
  readonly found?: Partial<InRepoJobs>
  /** Called for each question, before it is answered. */
  readonly asked?: (ask: InRepoAsk) => unknown
  readonly canMatch?: InRepo['canMatch']
  readonly files?: readonly string[]
  readonly enabled?: boolean
}

interface Played extends PluginScene {
  found: Partial<InRepoJobs>
}

function play({
  found = { presubmits: [own] },
  asked,
  canMatch,
  files = ['.prow.yaml'],
  enabled = true,
}: Play = {}): Played {
  const inRepo: InRepo = {
    async jobs(ask) {
      await asked?.(ask)
      return { ...noInRepoJobs, ...it.found }
    },
    canMatch: canMatch ?? (async () => true),
  }
  const made = scene({
    with: [trigger],
    inRepo,
    config: {
      presubmits: { 'org/repo': [central] },
      postsubmits: { 'org/repo': [postsubmit({ name: 'after' })] },
      in_repo_config: { enabled: { '*': enabled }, allowed_clusters: {} },
    },
  })
  const it: Played = Object.assign(made, { found })
  it.host.state.members.add('org/t')
  it.host.state.files.set('org/repo#1', files)
  it.change({ user: userNamed('t') })
  return it
}

const comments = (it: PluginScene) => (it.host.state.comments.get('org/repo#1') ?? []).map(({ body }) => body)
const told = (it: PluginScene) => comments(it).filter((body) => body.includes('cannot be used'))

describe('jobs', () => {
  test('of the repository come after the central ones', async () => {
    const it = play()
    await it.opens()
    expect(it.started()).toEqual(['central', 'own'])
    await it.says('t', '/test own')
    expect(it.started()).toEqual(['own'])
  })

  test('are asked for at the newest base and the head', async () => {
    const shas: unknown[] = []
    const it = play({ asked: async (ask) => shas.push(await ask.baseSha(), ...(await ask.heads())) })
    it.host.state.branches.set('org/repo:main', 'newest')
    await it.opens()
    expect([...new Set(shas)]).toEqual(['newest', 'bead000000000000000000000000000000000000'])
  })

  test('of a push are those of the pushed commit', async () => {
    const shas: unknown[] = []
    const it = play({
      found: { postsubmits: [postsubmit({ name: 'own-after' })] },
      asked: async (ask) => shas.push(await ask.baseSha(), ...(await ask.heads())),
    })
    await it.deliver('push', { ref: 'refs/heads/main', after: 'abc', before: 'def', commits: [], deleted: false })
    expect([it.started(), shas]).toEqual([['after', 'own-after'], ['abc']])
  })

  test('are not asked for where an event starts none', async () => {
    let asks = 0
    const it = play({ asked: () => asks++ })
    for (const action of ['closed', 'assigned', 'converted_to_draft']) await it.acts(action)
    expect(asks).toBe(0)
  })

  test("are not asked for because of the bot's own words", async () => {
    let asks = 0
    const it = play({ asked: () => asks++ })
    await it.says('k8s-ci-robot', '/test own')
    expect([asks, it.started()]).toEqual([0, []])
  })
})

describe('jobs that cannot be had', () => {
  test.each(['conflict', 'no-commit', 'denied', 'failed'] as const)(
    '%s leaves the central ones, and nobody is told',
    async (kind) => {
      const it = play({ asked: () => Promise.reject(new GitError(kind, 'no')) })
      await it.opens()
      expect([it.started(), comments(it)]).toEqual([['central'], []])
    },
  )

  test('a git server that is back soon costs nobody a job', async () => {
    let asks = 0
    const it = play({
      asked: () => {
        if (++asks < 3) throw new GitError('unavailable', 'away')
      },
    })
    await it.opens()
    expect(it.started()).toEqual([])
    await it.clock.advance('2s')
    expect(it.started()).toEqual(['central', 'own'])
  })

  test('one that stays away does not hold up the central ones', async () => {
    const it = play({ asked: () => Promise.reject(new GitError('unavailable', 'away')) })
    await it.opens()
    await it.clock.advance('2s')
    expect(it.started()).toEqual(['central'])
  })

  test.each<[why: string, found: Partial<InRepoJobs>]>([
    [
      'with a comment',
      { presubmits: [presubmit({ name: 'own', always_run: true, trigger: 'slow', rerun_command: 'slow' })] },
    ],
    ['with paths', { presubmits: [presubmit({ name: 'own', run_if_changed: 'slow' })] }],
  ])('patterns that would take long %s leave the central ones', async (_why, found) => {
    const it = play({ found, canMatch: async ({ patterns }) => !patterns.includes('slow') })
    await it.says('t', '/test all')
    expect(it.started()).toEqual(['central'])
  })
})

describe('mistakes', () => {
  const broken = { problems: [mistake] }

  test('are told once, and the central jobs run', async () => {
    const it = play({ found: broken })
    await it.opens()
    await it.acts('synchronize')
    await it.says('t', '/test central')
    expect(it.started()).toEqual(['central', 'central', 'central'])
    expect(comments(it).filter((body) => !body.startsWith('/'))).toMatchInlineSnapshot(`
      [
        "<!-- in-repo configuration -->
      The jobs that this pull request defines in \`.prow.yaml\` or \`.prow/\` cannot be used, so none of them runs. Jobs of the central configuration run as usual.

      | Where | Field | What is wrong | What to do |
      |---|---|---|---|
      | [\`.prow.yaml:3\`](https://github.com/org/repo/blob/bead000000000000000000000000000000000000/.prow.yaml#L3) | \`presubmits[0].spec\` | \`must be a map\` |  |

      This comment is brought up to date with the next push.",
      ]
    `)
    expect(it.host.effects.filter((effect) => effect.includes('edit'))).toEqual([])
  })

  test('that change are told in the same comment, and those that are mended no more', async () => {
    const it = play({ found: broken })
    await it.opens()
    it.found = { problems: [{ ...mistake, message: 'must be something else' }] }
    await it.acts('synchronize')
    expect(told(it).length).toBe(1)
    expect(told(it)[0]).toContain('`must be something else`')
    it.found = { presubmits: [own] }
    await it.acts('synchronize')
    expect([told(it), it.started()]).toEqual([[], ['central', 'central', 'central', 'own']])
  })

  test('of two comments that came from a race one stays', async () => {
    const it = play({ found: broken })
    for (const _ of [1, 2]) it.host.say(at, 'k8s-ci-robot', '<!-- in-repo configuration -->\nold: cannot be used')
    await it.opens()
    expect(told(it).length).toBe(1)
    expect(told(it)[0]).toContain('`must be a map`')
  })

  test("somebody else's comment is not ours", async () => {
    const it = play({ found: broken })
    it.host.say(at, 'mallory', '<!-- in-repo configuration -->\ncannot be used')
    await it.opens()
    expect(told(it).length).toBe(2)
  })

  test.each<[why: string, play: Play]>([
    ['of the base branch', { files: ['README.md', '.prowignore'] }],
    ['where the repository is not enabled', { enabled: false }],
  ])('%s are not told', async (_why, given) => {
    const it = play({ ...given, found: broken })
    await it.opens()
    expect([told(it), it.started()]).toEqual([[], ['central']])
  })

  test('are the reason why a job is not found', async () => {
    const it = play({ found: broken, files: ['README.md'] })
    await it.says('t', '/test own')
    expect(comments(it).at(-1)).toContain('/test central')
    expect(comments(it).at(-1)).toContain('are missing here, because there are mistakes in it')
  })

  test('that cannot be told cost nobody a job', async () => {
    const it = play({ found: broken })
    it.host.before = (operation) => {
      if (operation === 'comments') throw new Error('no')
    }
    await it.opens()
    expect(it.started()).toEqual(['central'])
  })
})

describe('texts of strangers', () => {
  test.each<[text: string, want: string]>([
    ['plain', '`plain`'],
    ['', ''],
    ['a `code` b', '`` a `code` b ``'],
    ['```', '```` ``` ````'],
    ['| cell |', '`\\| cell \\|`'],
    ['two\nlines\r\n/test all', '`two lines /test all`'],
    ['@everybody <img src=x> [a](b)', '`@everybody <img src=x> [a](b)`'],
    ['a\u202eb\u0000c\u2028d\u200be', '`a b c d e`'],
  ])('%j is shown as %s', (text, want) => expect(cell(text)).toBe(want))

  test('no path leads anywhere else', () => {
    const place = { file: '.prow/a) [x](javascript:alert(1))/`|..%2f.yaml', line: 1, column: 1 }
    const body = mistakesComment({ problems: [{ ...mistake, place }], warnings: [] }, 'abc', {
      config: snapshot().config,
      pr: at as never,
    })
    const row = body.split('\n').find((line) => line.includes('must be'))
    expect(row).toContain(
      '](https://github.com/org/repo/blob/abc/.prow/a%29%20%5Bx%5D%28javascript%3Aalert%281%29%29/%60%7C..%252f.yaml#L1)',
    )
    expect(row?.match(/(?<!\\)\|/g)?.length).toBe(5)
  })

  test('fifty mistakes are some rows and a number', () => {
    const problems = Array.from({ length: 50 }, (_, index) => ({ ...mistake, message: `mistake ${index}` }))
    const body = mistakesComment({ problems, warnings: [] }, 'abc', { config: snapshot().config, pr: at as never })
    expect(body).toContain('`mistake 19`')
    expect(body).not.toContain('`mistake 20`')
    expect(body).toContain('… and 30 more.')
  })

  test('no text makes the comment too long', () => {
    const place = { file: `.prow/${'ä'.repeat(2000)}.yaml`, line: 1, column: 1 }
    const long = { ...mistake, place, message: 'x'.repeat(600), hint: '`'.repeat(600), field: 'y'.repeat(600) }
    const problems = Array.from({ length: 50 }, () => long)
    const body = mistakesComment({ problems, warnings: problems }, 'abc', {
      config: snapshot().config,
      pr: at as never,
    })
    expect(body.length).toBeGreaterThan(20_000)
    expect(body.length).toBeLessThan(65_536)
  })
})
