// mkpj: which refs a ProwJob gets from flags, from the code host or from a person, and how its end is awaited.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import { parseYaml } from '../config/yaml.ts'
import { testClock } from '../testing/clock.ts'
import { postsubmit, presubmit, snapshot } from '../testing/config.ts'
import { memoryCodeHost, userNamed } from '../testing/memory-code-host.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { jobNamed, type KnownRefs, makeProwJob } from './mkpj.ts'
import { waitForJob } from './wait-for-job.ts'
import { yamlText } from './yaml-text.ts'

const { config } = snapshot({
  config: {
    presubmits: { 'o/r': [presubmit({ name: 'unit', path_alias: 'k8s.io/r' })] },
    postsubmits: {
      'o/r': [postsubmit({ name: 'publish' })],
      'https://gerrit.example.com/a/b': [postsubmit({ name: 'gerrit' })],
    },
    periodics: [
      (({ context: _, skip_report: __, ...base }) => ({ ...base, interval: 1 }))(postsubmit({ name: 'nightly' })),
    ],
  },
})
const nothing: KnownRefs = { baseRef: '', baseSha: '', pullNumber: 0, pullSha: '', pullAuthor: '', pullHeadRef: '' }

async function make(name: string, known: Partial<KnownRefs>, answers: readonly string[] = []) {
  const host = memoryCodeHost(testClock())
  const base = { ref: 'main', sha: 'b7', repo: { org: 'o', repo: 'r', html_url: '' } }
  host.open({ org: 'o', repo: 'r', number: 7 }, { user: userNamed('al'), base, head: { ref: 'topic', sha: 'p7' } })
  host.state.branches.set('o/r:dev', 'd1')
  host.state.branches.set('https://gerrit.example.com/a/b:dev', 'g1')
  const asked: string[] = []
  const left = [...answers]
  const sources = {
    host: () => host,
    ask: async (question: string) => {
      asked.push(question)
      return left.shift() ?? ''
    },
  }
  const found = jobNamed(config, name)
  if (found === undefined) throw new Error(`no ${name}`)
  const job = await makeProwJob(found, { ...nothing, ...known }, sources, { config, now: 0, name: 'u1' })
  return { job, asked, calls: host.calls }
}

describe('refs', () => {
  const all = { baseRef: 'x', baseSha: 'y', pullNumber: 7, pullSha: 'z', pullAuthor: 'me', pullHeadRef: 'topic' }
  const pull7 = { number: 7, author: 'al', sha: 'p7' }
  test.each<
    [
      why: string,
      job: string,
      known: Partial<KnownRefs>,
      answers: string[],
      refs: object,
      asked: string[],
      calls: string[],
    ]
  >([
    [
      'all given: nobody is asked',
      'unit',
      all,
      [],
      {
        base_ref: 'x',
        base_sha: 'y',
        pulls: [{ number: 7, author: 'me', sha: 'z', head_ref: 'topic' }],
        path_alias: 'k8s.io/r',
      },
      [],
      [],
    ],
    [
      'the rest is that of the pull request, fetched once',
      'unit',
      { pullNumber: 7 },
      [],
      { base_ref: 'main', base_sha: 'b7', pulls: [pull7] },
      [],
      ['pullRequest'],
    ],
    [
      'a person knows the number',
      'unit',
      {},
      ['7'],
      { base_ref: 'main', pulls: [pull7] },
      ['PR Number: '],
      ['pullRequest'],
    ],
    [
      'a postsubmit of a branch',
      'publish',
      { baseRef: 'dev' },
      [],
      { base_ref: 'dev', base_sha: 'd1' },
      [],
      ['branchSha'],
    ],
    [
      'a person knows the branch',
      'publish',
      {},
      ['dev'],
      { base_ref: 'dev', base_sha: 'd1' },
      ['Base ref (e.g. master): '],
      ['branchSha'],
    ],
    [
      'a postsubmit of a pull request',
      'publish',
      { pullNumber: 7 },
      [],
      { base_ref: 'main', base_sha: 'b7' },
      [],
      ['pullRequest'],
    ],
    [
      'a project of Gerrit',
      'gerrit',
      { baseRef: 'dev' },
      [],
      { org: 'https://gerrit.example.com', repo: 'a/b', base_sha: 'g1' },
      [],
      ['branchSha'],
    ],
  ])('%s', async (_why, name, known, answers, refs, asked, calls) => {
    const made = await make(name, known, answers)
    expect(made.job.spec.refs).toMatchObject(refs)
    expect(made.job.spec.refs?.pulls?.length).toBe('pulls' in refs ? 1 : undefined)
    expect({ asked: made.asked, calls: made.calls }).toEqual({ asked, calls })
  })

  test('a periodic has none', async () => {
    const { job, asked } = await make('nightly', {})
    expect(job).toMatchObject({ metadata: { name: 'u1', namespace: 'prow' }, spec: { type: 'periodic' } })
    expect([job.spec.refs, asked]).toEqual([undefined, []])
  })

  test.each([
    ['unit', ['x'], '"x" is not the number of a pull request'],
    ['publish', [''], 'the branch is unknown'],
  ])('%s without an answer', async (name, answers, says) => {
    await expect(make(name, {}, answers)).rejects.toThrow(says)
  })
})

describe('the end of a ProwJob', () => {
  const at = { namespace: 'prow', name: 'u1' }
  const job = (state: ProwJob['status']['state']): ProwJob => ({
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: at,
    spec: { type: 'periodic', job: 'nightly', agent: 'kubernetes' },
    status: { state, startTime: '2026-01-02T03:04:05Z' },
  })
  const watched = async (state: ProwJob['status']['state'] = 'triggered') => {
    const kube = memoryKube({ clock: testClock() })
    await kube.create(prowJobs, job(state))
    const watching = Promise.withResolvers<void>()
    kube.onRequest(({ verb }) => {
      if (verb === 'watch') watching.resolve()
    })
    return { kube, watching, ended: waitForJob(kube, at, new AbortController().signal) }
  }

  test('is there already', async () => {
    expect((await (await watched('aborted')).ended).status.state).toBe('aborted')
  })

  test('comes while it is watched, after other changes', async () => {
    const { kube, watching, ended } = await watched()
    await watching.promise
    kube.change(prowJobs, at, ({ status }) => Object.assign(status, { state: 'pending' }))
    kube.change(prowJobs, at, ({ status }) => Object.assign(status, { state: 'failure' }))
    expect((await ended).status.state).toBe('failure')
  })

  test('is seen when it came while no watch was open', async () => {
    const { kube, watching, ended } = await watched()
    await watching.promise
    kube.endWatches('closed')
    kube.change(prowJobs, at, ({ status }) => Object.assign(status, { state: 'success' }))
    expect((await ended).status.state).toBe('success')
  })

  test('never comes when somebody deletes it', async () => {
    const { kube, watching, ended } = await watched()
    await watching.promise
    await kube.delete(prowJobs, at)
    await expect(ended).rejects.toThrow('the ProwJob u1 was deleted')
  })
})

test('YAML reads back as the same, whatever the texts are', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.constantFrom('1e3', '0123', '08', 'yes', 'null', '~', '1_000', '0x1f', '1:30', 'a: b', '#'),
  )
  fc.assert(
    fc.property(fc.array(texts), (list) => {
      const value = { list, map: Object.fromEntries(list.map((text, index) => [`k${index}`, text])) }
      expect(parseYaml(yamlText(value), 'f').value).toEqual(value)
    }),
  )
  expect(yamlText({ b: 1, a: { d: undefined, c: [] } })).toBe('a:\n  c: []\nb: 1\n')
})
