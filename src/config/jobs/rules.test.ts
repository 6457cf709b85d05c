// Rules of jobs, one row each: what would be taken, or refused, if the rule were not there.
import { describe, expect, test } from 'vitest'
import { errorsIn, loadTexts, type Texts, warningsIn } from '../testing/texts.ts'

const pod = 'spec: {containers: [{image: i, command: [c]}]}'
const periodic = (fields: string) => `periodics: [{name: j, interval: 1h, ${fields}}]\n`
const presubmits = (...jobs: string[]) => `presubmits: {o/r: [${jobs.map((job) => `{${pod}, ${job}}`).join()}]}\n`
const postsubmits = (...jobs: string[]) => presubmits(...jobs).replace('presubmits', 'postsubmits')
const decoration = (more = '') =>
  `plank: {default_decoration_config_entries: [{config: {utility_images: {clonerefs: c, initupload: i, entrypoint: e, sidecar: s}, gcs_configuration: {bucket: b, path_strategy: explicit}${more}}}]}\n`
const clone = (own: string, extra: string, more = '') =>
  `${decoration(more)}${periodic(`${pod}, decorate: true, ${own}extra_refs: [{org: o, repo: r, ${extra}}]`)}`
const token = ', oauth_token_secret: {name: t}'
const env = (name: string) => `spec: {containers: [{env: [{name: ${name}}]}]}`
const container = 'periodics[0].spec.containers[0]'

type Row = readonly [why: string, texts: Texts, wrong: readonly string[]]
const check = ([, texts, wrong]: Row) => expect(errorsIn(texts)).toEqual(wrong)

describe('jobs', () => {
  test.each<Row>([
    ['a variable of changes in what runs after them', { config: postsubmits(`name: a, ${env('PULL_NUMBER')}`) }, []],
    [
      'a variable of commits there',
      { config: postsubmits(`name: a, ${env('PULL_BASE_REF')}`) },
      ['POD_ENV postsubmits["o/r"][0].spec.containers[0].env[0]'],
    ],
    ['a variable of commits in a periodic', { config: periodic(env('REPO_OWNER')) }, []],
    ...['CI', 'JOB_SPEC', 'JOB_TYPE', 'PROW_JOB_ID', 'BUILD_ID', 'BUILD_NUMBER'].map(
      (name): Row => [`the variable ${name}`, { config: periodic(env(name)) }, [`POD_ENV ${container}.env[0]`]],
    ),
    ...['REPO_NAME', 'SRC_BASE', 'PULL_REFS', 'PULL_PULL_SHA', 'PULL_HEAD_REF', 'PULL_TITLE'].map(
      (name): Row => [
        `the variable ${name} of a change`,
        { config: presubmits(`name: a, ${env(name)}`) },
        ['POD_ENV presubmits["o/r"][0].spec.containers[0].env[0]'],
      ],
    ),
    ...['code', 'tools', 'gcs-credentials', 's3-credentials'].map(
      (name): Row => [
        `a volume ${name}`,
        { config: periodic(`spec: {containers: [{}], volumes: [{name: ${name}}]}`) },
        ['POD_VOLUME periodics[0].spec.volumes[0]'],
      ],
    ),
    [
      'a volume of a key',
      {
        config: `${decoration(', ssh_key_secrets: [k]')}${periodic(`decorate: true, spec: {containers: [{args: [x]}], volumes: [{name: k}]}`)}`,
      },
      ['POD_VOLUME periodics[0].spec.volumes[0]'],
    ],
    ...['/logs', '/home/prow/go', '/tools'].map(
      (path): Row => [
        `a mount at ${path}`,
        {
          config: periodic(
            `spec: {volumes: [{name: a}], containers: [{volumeMounts: [{name: a, mountPath: ${path}}]}]}`,
          ),
        },
        [`POD_MOUNT ${container}.volumeMounts[0]`],
      ],
    ),
    [
      'a mount below them',
      {
        config: periodic(
          `spec: {volumes: [{name: a}], containers: [{volumeMounts: [{name: a, mountPath: /home/prow/go/extra}]}]}`,
        ),
      },
      [],
    ],
    [
      'an empty first word',
      { config: `${decoration()}${periodic('decorate: true, spec: {containers: [{command: [""]}]}')}` },
      [`POD_COMMAND ${container}`],
    ],
    [
      'arguments alone',
      { config: `${decoration()}${periodic('decorate: true, spec: {containers: [{args: [x]}]}')}` },
      [],
    ],
    [
      'all jobs decorated, one of Jenkins',
      { config: `decorate_all_jobs: true\n${decoration()}${periodic('agent: jenkins')}` },
      ['JOB_AGENT periodics[0].agent'],
    ],
    [
      'which it may refuse',
      { config: `decorate_all_jobs: true\n${decoration()}${periodic('agent: jenkins, decorate: false')}` },
      [],
    ],
    ['a namespace of nothing', { config: periodic(`${pod}, namespace: ""`) }, []],
    ['the namespace of all Pods', { config: `pod_namespace: x\n${periodic(`${pod}, namespace: x`)}` }, []],
    [
      'extra refs from elsewhere',
      { config: clone('clone_uri: "https://x/y", ', 'clone_uri: "git@my_host:o/r"') },
      ['URL periodics[0].extra_refs[0].clone_uri'],
    ],
    ['but not where the job says nothing of itself', { config: clone('', 'clone_uri: "git@my_host:o/r"') }, []],
    [
      'extra refs without address, with a token',
      { config: clone('clone_uri: "https://x/y", ', 'base_ref: b', token) },
      ['JOB_CLONE_SCHEME periodics[0].extra_refs[0].clone_uri'],
    ],
    [
      'a token, and all by https',
      { config: clone('clone_uri: "https://x/y", ', 'clone_uri: "https://x/z"', token) },
      [],
    ],
    [
      'a label value that is too long',
      { config: periodic(`${pod}, labels: {a: ${'x'.repeat(64)}}`) },
      ['JOB_LABEL periodics[0].labels.a'],
    ],
    ['a label value of nothing', { config: periodic(`${pod}, labels: {a: ""}`) }, []],
    ['a label with a domain', { config: periodic(`${pod}, labels: {a.b/c_d.e: f}`) }, []],
    ...['prow.k8s.io/type', 'prow.k8s.io/id'].map(
      (label): Row => [
        `the label ${label}`,
        { config: periodic(`${pod}, labels: {${label}: x}`) },
        [`JOB_LABEL_RESERVED periodics[0].labels["${label}"]`],
      ],
    ),
    [
      'a queue that is known',
      { config: `plank: {job_queue_capacities: {q: 0}}\n${periodic(`${pod}, job_queue_name: q`)}` },
      [],
    ],
    [
      'three schedules',
      { config: `periodics: [{name: j, interval: 1h, cron: "* * * * *", minimum_interval: soon, ${pod}}]` },
      ['DURATION periodics[0].minimum_interval', 'JOB_SCHEDULE periodics[0]'],
    ],
    ['a name in two repositories', { config: `presubmits: {o/r: [{name: a, ${pod}}], o/s: [{name: a, ${pod}}]}` }, []],
    ['a name before and after the merge', { config: presubmits('name: a') + postsubmits('name: a') }, []],
    [
      'contexts after the merge',
      { config: postsubmits('name: a, context: c', 'name: b, context: c') },
      ['JOB_SAME_CONTEXT postsubmits["o/r"][0].context', 'JOB_SAME_CONTEXT postsubmits["o/r"][1].context'],
    ],
    [
      'a context that is another job',
      { config: presubmits('name: a, context: b', 'name: b') },
      ['JOB_SAME_CONTEXT presubmits["o/r"][0].context', 'JOB_SAME_CONTEXT presubmits["o/r"][1].context'],
    ],
    [
      'a name of all branches, and of one',
      { config: presubmits('name: a', 'name: a, context: b, branches: [main]') },
      ['JOB_DUPLICATE presubmits["o/r"][1].name'],
    ],
    [
      'a trigger in which a dot is any letter',
      { config: presubmits('name: a.b, trigger: "(?m)^/test a.b$", rerun_command: /test axb') },
      [],
    ],
  ])('%s', (...row) => check(row))

  test('presets leave init containers alone', () => {
    const config = `presets: [{env: [{name: A}]}]\n${periodic('spec: {containers: [{}], initContainers: [{name: x, restartPolicy: Always}]}')}`
    const { spec } = loadTexts({ config }).config.periodics[0] ?? {}
    expect([spec?.containers[0]?.env, spec?.initContainers?.[0]]).toEqual([
      [{ name: 'A' }],
      expect.not.objectContaining({ env: [{ name: 'A' }] }),
    ])
  })
  test('presets of the main file go before those of files of jobs', () => {
    const jobs = `presets: [{env: [{name: B}]}]\n${periodic(pod)}`
    const { periodics } = loadTexts({ config: 'presets: [{env: [{name: A}]}]', jobs }).config
    expect(periodics[0]?.spec?.containers[0]?.env?.map(({ name }) => name)).toEqual(['A', 'B'])
  })
  test('all jobs are decorated by the main file alone', () => {
    const jobs = `decorate_all_jobs: true\n${periodic(pod)}`
    expect(loadTexts({ config: decoration(), jobs }).config.periodics[0]?.decorate).toBe(false)
    expect(warningsIn({ config: decoration(), jobs })).toEqual(['NO_EFFECT decorate_all_jobs'])
  })
})
