// What the files of a repository give: jobs, or everything that is wrong with them, by file and line.
import { describe, expect, test } from 'vitest'
import { presubmit, snapshot } from '../../testing/config.ts'
import type { Config } from '../types.ts'
import { evaluateInRepo } from './evaluate.ts'
import { inRepoLimits, type RepoFile } from './files.ts'
import { centralPart } from './finish.ts'

const evaluate = (files: Record<string, string> | readonly RepoFile[], config: Partial<Config> = {}) =>
  evaluateInRepo({
    files: Array.isArray(files) ? files : Object.entries(files).map(([path, text]) => ({ path, text })),
    repo: 'org/repo',
    central: centralPart(snapshot({ config }).config, 'org/repo'),
  })
const problems = (files: Record<string, string>, config: Partial<Config> = {}) =>
  evaluate(files, config).problems.map(({ place, message }) => `${place?.file}:${place?.line}: ${message}`)
const spec = 'spec: {containers: [{image: i, command: [c]}]}'
const one = (kind: string, more = '') => `${kind}:\n- name: mine\n  ${spec}\n  ${more}\n`

describe('jobs', () => {
  test('are completed as central ones are', () => {
    const {
      presubmits,
      postsubmits,
      problems: none,
    } = evaluate({
      '.prow.yaml': `presubmits:\n- name: a\n  ${spec}\npostsubmits:\n- name: a\n  ${spec}\n`,
    })
    expect(none).toEqual([])
    expect(presubmits).toMatchObject([
      {
        name: 'a',
        agent: 'kubernetes',
        cluster: 'default',
        namespace: 'test-pods',
        context: 'a',
        trigger: '(?m)^/test( | .* )a,?($|\\s.*)',
        rerun_command: '/test a',
        source: { file: '.prow.yaml', line: 2 },
      },
    ])
    expect(postsubmits).toMatchObject([{ name: 'a', context: 'a' }])
  })

  test('of several files stand one after the other', () => {
    const file = (name: string) => `presubmits: [{name: ${name}, ${spec}}]`
    const { presubmits } = evaluate({ '.prow/b.yaml': file('b'), '.prow/a/c.yml': file('c'), '.prow.yaml': file('no') })
    expect(presubmits.map(({ name }) => name)).toEqual(['c', 'b'])
  })

  test('get the presets of the configuration, and then their own', () => {
    const preset = (name: string) => ({
      labels: { p: '1' },
      env: [{ name, value: 'v' }],
      volumes: [],
      volumeMounts: [],
      tolerations: [],
    })
    const own = 'presets: [{labels: {p: "1"}, env: [{name: OWN, value: 1}]}]'
    const { presubmits } = evaluate(
      { '.prow.yaml': `${own}\n${one('presubmits', 'labels: {p: "1"}')}` },
      { presets: [preset('CENTRAL')] },
    )
    expect(presubmits[0]?.spec?.containers[0]?.env?.map(({ name, value }) => [name, value])).toEqual([
      ['CENTRAL', 'v'],
      ['OWN', '1'],
    ])
  })

  test.each(['', '# nothing\n', 'presubmits:\n', 'prow_ignored: {a: [1]}\n'])('%j brings none', (text) =>
    expect(evaluate({ '.prow.yaml': text })).toMatchObject({
      presubmits: [],
      postsubmits: [],
      problems: [],
      warnings: [],
    }),
  )
})

describe('mistakes', () => {
  test.each<[why: string, text: string, want: string]>([
    ['no YAML', 'presubmits: [\n', '.prow.yaml:2: is not valid YAML'],
    ['a list at the top', '- name: a\n', '.prow.yaml:1: must be a map of sections at its top level, but is a list'],
    ['a wrong type', one('presubmits', 'always_run: "yes"'), '.prow.yaml:4: must be true or false'],
    ['central form', `presubmits:\n  org/repo:\n  - name: a\n`, '.prow.yaml:2: must be a list, but is a map'],
    [
      'no spec',
      'presubmits: [{name: hans}]',
      '.prow.yaml:1: invalid presubmit job hans: kubernetes jobs require a spec',
    ],
    [
      'a cluster that is not allowed',
      one('presubmits', 'cluster: privileged'),
      '.prow.yaml:4: invalid presubmit job mine: cluster "privileged" is not allowed for repository "org/repo"',
    ],
    [
      'a postsubmit with such a cluster',
      one('postsubmits', 'cluster: privileged'),
      '.prow.yaml:4: invalid postsubmit job mine: cluster "privileged"',
    ],
    [
      'the name of a central job',
      one('presubmits').replace('mine', 'central'),
      '.prow.yaml:2: invalid presubmit job central: there are several presubmits named central',
    ],
    [
      'the context of a central job',
      one('presubmits', 'context: central'),
      '.prow.yaml:4: invalid presubmit job mine: jobs mine and central both report to the context central',
    ],
    [
      'a pattern',
      one('presubmits', 'run_if_changed: "("'),
      '.prow.yaml:4: invalid presubmit job mine: error parsing regexp: missing closing )',
    ],
    [
      'a preset that does not fit',
      `presets: [{labels: {}, env: [{name: A}]}, {labels: {}, env: [{name: A}]}]\n${one('presubmits')}`,
      'invalid presubmit job mine: the preset without labels does not fit',
    ],
    ['a name without end', one('presubmits').replace('mine', 'm'.repeat(60_000)), 'has 60000 characters; at most 250'],
    [
      'a pattern that counts too far',
      one('presubmits', "run_if_changed: '(?:abcdefghij){900}'"),
      '.prow.yaml:4: invalid presubmit job mine: the pattern is too large',
    ],
    [
      'a text that anchors repeat',
      `prow_ignored: &long ${'x'.repeat(100_000)}\n${one('presubmits', `annotations: {${Array.from({ length: 100 }, (_, index) => `a${index}: *long`).join()}}`)}`,
      '.prow.yaml:1: the jobs, written out, take more than 8000000 characters',
    ],
  ])('%s', (_why, text, want) => {
    const told = problems({ '.prow.yaml': text }, { presubmits: { 'org/repo': [presubmit({ name: 'central' })] } })
    expect(told.join('\n')).toContain(want)
    expect(
      evaluate({ '.prow.yaml': text }, { presubmits: { 'org/repo': [presubmit({ name: 'central' })] } }).presubmits,
    ).toEqual([])
  })

  test('one bad file leaves no jobs of the others', () => {
    const { presubmits, problems: told } = evaluate({
      '.prow/a.yaml': one('presubmits'),
      '.prow/b.yaml': 'presubmits: 1',
    })
    expect([presubmits, told.map(({ place }) => place?.file)]).toEqual([[], ['.prow/b.yaml']])
  })

  test('a collision names both places', () => {
    const central = presubmit({ name: 'central', source: { file: '/etc/job-config/jobs.yaml', line: 7, column: 3 } })
    const [problem] = evaluate(
      { '.prow.yaml': one('presubmits').replace('mine', 'central') },
      { presubmits: { 'org/repo': [central] } },
    ).problems
    expect(problem?.place).toMatchObject({ file: '.prow.yaml', line: 2 })
    expect(problem?.hint).toContain('the central configuration has the job central too (jobs.yaml:7)')
  })

  test('a cluster that is allowed for this repository alone', () => {
    const allowed = { enabled: {}, allowed_clusters: { '*': ['default'], 'org/repo': ['build'] } }
    const { presubmits } = evaluate({ '.prow.yaml': one('presubmits', 'cluster: build') }, { in_repo_config: allowed })
    expect(presubmits.map(({ cluster }) => cluster)).toEqual(['build'])
  })

  test('.prow must be a folder', () =>
    expect(problems({ '.prow': 'text' })).toEqual(['.prow:1: .prow must be a folder']))

  test('files that could not be read say why', () => {
    const files: RepoFile[] = [
      { path: '.prow/a.yaml', problem: 'link' },
      { path: '.prow/b.yaml', problem: { size: 50_000_000 } },
    ]
    expect(evaluate(files).problems.map(({ message }) => message)).toEqual([
      'is a link that leads to no file of this repository',
      `has 50000000 bytes; a file may have ${inRepoLimits.file}`,
    ])
  })

  test('only so many are told, and none is long', () => {
    const label = 'x'.repeat(5000)
    const text = `presubmits: [${Array.from({ length: 200 }, (_, index) => `{name: j${index}, labels: {${label}: v}, ${spec}}`).join()}]`
    const told = evaluate({ '.prow.yaml': text }).problems
    expect([told.length, Math.max(...told.map(({ message }) => message.length))]).toEqual([50, 601])
  })
})

test('a field that nothing knows is accepted, with a warning', () => {
  const { presubmits, warnings } = evaluate({ '.prow.yaml': `${one('presubmits', 'alway_run: true')}periodics: []\n` })
  expect(presubmits.length).toBe(1)
  expect(warnings.map(({ place, message, hint }) => [place?.line, message, hint])).toEqual([
    [
      5,
      'nothing knows the field "periodics"',
      'periodics cannot be defined in a repository, only in the central configuration',
    ],
    [4, 'nothing knows the field "alway_run"', 'did you mean always_run?'],
  ])
})

test('there may be a thousand jobs, and no more', () => {
  const jobs = (count: number) =>
    `presubmits:\n${Array.from({ length: count }, (_, index) => `- {name: j${index}, ${spec}}\n`).join('')}`
  expect(evaluate({ '.prow.yaml': jobs(1000) }).presubmits.length).toBe(1000)
  expect(problems({ '.prow.yaml': jobs(1001) })).toEqual([
    '.prow.yaml:2: there are 1001 jobs; a repository may have 1000',
  ])
})

test('presets may be as many, and add a hundred values to each job', () => {
  const text = (presets: number, values: number, jobs: number) => {
    const env = Array.from({ length: values }, (_, index) => `{name: E${index}}`).join()
    const others = Array.from({ length: presets - 1 }, (_, index) => `- {labels: {p: "${index}"}}\n`).join('')
    const list = Array.from({ length: jobs }, (_, index) => `- {name: j${index}, ${spec}}\n`).join('')
    return { '.prow.yaml': `presets:\n- {env: [${env}]}\n${others}presubmits:\n${list}` }
  }
  expect(evaluate(text(1000, 10, 2)).presubmits.map((job) => job.spec?.containers[0]?.env?.length)).toEqual([10, 10])
  expect(problems(text(1001, 0, 1)).join()).toMatch(/:1004: there are 1001 presets; a repository may have 1000$/)
  expect(problems(text(1, 400, 250))).toEqual([])
  expect(problems(text(1, 400, 251)).join()).toMatch(/:254: presets add more than 100000 variables/)
})
