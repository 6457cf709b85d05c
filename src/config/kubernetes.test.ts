// PodSpecs and their like inside of a configuration: how they are read, and what is told about them.
import { expect, test } from 'vitest'
import { errorsIn, loadTexts, warningsIn } from './testing/texts.ts'

const job = (spec: string) => `periodics:\n- name: j\n  interval: 1h\n  spec: {${spec}}\n`
const container = (text: string) => job(`containers: [{image: i, ${text}}]`)
const read = (jobs: string) => loadTexts({ jobs }).config.periodics[0]?.spec

test.each<[why: string, jobs: string, want: object]>([
  ['nothing is invented', container('command: [c]'), { containers: [{ name: '', image: 'i', command: ['c'] }] }],
  ['an item without text is an empty text', container('command: [a, null]'), { containers: [{ command: ['a', ''] }] }],
  [
    'numbers and booleans become texts',
    container('env: [{name: A, value: 1000}, {name: B, value: true}, {name: C, value: 1.10}]'),
    {
      containers: [{ env: [{ value: '1000' }, { value: 'true' }, { value: '1.1' }] }],
    },
  ],
  [
    'quantities become canonical',
    container('resources: {limits: {cpu: 0.5, memory: 1024Mi}, requests: {cpu: 4000m}}'),
    {
      containers: [{ resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '4' } } }],
    },
  ],
  [
    'also those of volumes',
    job('containers: [{}], volumes: [{name: v, emptyDir: {sizeLimit: 1024Mi}}]'),
    {
      volumes: [{ emptyDir: { sizeLimit: '1Gi' } }],
    },
  ],
  [
    'names in any case',
    container('ENV: [{NAME: A, Value: x}]'),
    { containers: [{ env: [{ name: 'A', value: 'x' }] }] },
  ],
  [
    'numbers or texts',
    container('livenessProbe: {httpGet: {port: 80}}, readinessProbe: {httpGet: {port: http}}'),
    {
      containers: [{ livenessProbe: { httpGet: { port: 80 } }, readinessProbe: { httpGet: { port: 'http' } } }],
    },
  ],
  [
    'a number with an integral value',
    job('containers: [{}], terminationGracePeriodSeconds: 1e1'),
    {
      terminationGracePeriodSeconds: 10,
    },
  ],
  ['empty values are none', job('containers: [{}], nodeSelector: , volumes: null'), { containers: [{ name: '' }] }],
])('%s', (_why, jobs, want) => expect(read(jobs)).toMatchObject(want))

test.each<[why: string, jobs: string, wrong: string[]]>([
  ['a text for a list', container('command: c'), ['TYPE periodics[0].spec.containers[0].command']],
  [
    'a text for a number',
    job('containers: [{}], terminationGracePeriodSeconds: "1"'),
    ['TYPE periodics[0].spec.terminationGracePeriodSeconds'],
  ],
  ['a text for a boolean', container('tty: "true"'), ['TYPE periodics[0].spec.containers[0].tty']],
  [
    'a quantity',
    container('resources: {limits: {cpu: lots}}'),
    ['QUANTITY periodics[0].spec.containers[0].resources.limits.cpu'],
  ],
  [
    'a fraction for a port',
    container('ports: [{containerPort: 1.5}]'),
    ['TYPE periodics[0].spec.containers[0].ports[0].containerPort'],
  ],
  [
    'several at once',
    container('tty: some, stdin: other'),
    ['TYPE periodics[0].spec.containers[0].tty', 'TYPE periodics[0].spec.containers[0].stdin'],
  ],
])('refused: %s', (_why, jobs, wrong) => expect(errorsIn({ jobs })).toEqual(wrong))

test('a field nobody knows is told with its place, and stays', () => {
  const jobs =
    'periodics:\n- name: j\n  interval: 1h\n  spec:\n    containers:\n    - image: i\n      imagePullPolcy: Always\n'
  const { config, warnings } = loadTexts({ jobs })
  expect(warnings).toMatchObject([
    {
      code: 'CONFIG_UNKNOWN_FIELD',
      field: 'periodics[0].spec.containers[0].imagePullPolcy',
      hint: 'did you mean imagePullPolicy?',
      place: { file: 'jobs.yaml', line: 7, column: 7 },
    },
  ])
  expect(config.periodics[0]?.spec?.containers[0]).toMatchObject({ imagePullPolcy: 'Always' })
})

test.each<[jobs: string, warned: string[]]>([
  [
    job('containers: [{}], affinity: {podAffinity: {required: []}}'),
    ['UNKNOWN_FIELD periodics[0].spec.affinity.podAffinity.required'],
  ],
  ['presets: [{volumes: [{name: v, secrets: {}}]}]', ['UNKNOWN_FIELD presets[0].volumes[0].secrets']],
  ['periodic: []', ['UNKNOWN_FIELD periodic']],
  ['decorate_all_jobs: true', ['NO_EFFECT decorate_all_jobs']],
  ['prow_ignored: {periodic: 1}', []],
  [`${job('containers: [{}]')}  decorated: true\n`, ['UNKNOWN_FIELD periodics[0].decorated']],
])('warned of in %j', (jobs, warned) => expect(warningsIn({ jobs })).toEqual(warned))
