// checkconfig on a large real configuration: nothing wrong with it, and each mistake put into it is found where it is.
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readSources, type Sources } from '../../config/files.ts'
import { type ParsedFiles, parsedFiles } from '../../config/parsed-files.ts'
import { configBuilder } from '../../config/reload/build.ts'
import { YamlError } from '../../config/yaml.ts'
import { sharedData } from '../../testing/shared.ts'
import { type AnyJob, allJobs } from '../all-jobs.ts'
import type { Reading } from '../reading.ts'
import { chooseChecks } from './checks.ts'
import { checkReading, type Outcome } from './outcome.ts'
import { outcomeText } from './text.ts'

const corpus = sharedData('k8s-test-infra') ?? ''

describe.skipIf(corpus === '')("the Kubernetes project's configuration", () => {
  let sources: Sources
  let parsed: ParsedFiles
  let build: ReturnType<typeof configBuilder>
  let jobs: readonly AnyJob[]
  /** What is said of the configuration as it is, to be left out. */
  let usual: ReadonlySet<string>
  beforeAll(async () => {
    parsed = parsedFiles()
    build = configBuilder(parsed)
    const at = (name: string) => join(corpus, name)
    const paths = { configPath: at('config.yaml'), jobConfigPath: at('jobs'), pluginConfigPath: at('plugins.yaml') }
    sources = readSources(paths)
    const { snapshot } = read(sources)
    jobs = snapshot ? allJobs(snapshot.config) : []
    usual = new Set(check(sources).remarks.map(sameText))
  })
  const sameText = ({ code, message }: Outcome['remarks'][number]) => `${code} ${message}`

  // What a mistake does not touch, is not made again.
  const read = (given: Sources): Reading => {
    const place: Reading['place'] = (file, path) => {
      const source = given[file]
      const yaml = source && parsed(source)
      return yaml instanceof YamlError ? undefined : yaml?.place(path)
    }
    return { ...build(given, 0), place, texts: new Map(), files: { jobs: [] } }
  }
  const check = (given: Sources): Outcome => {
    const choice = chooseChecks({ warnings: [], excluded: [], includeDefaults: false, expensive: true })
    const names = 'names' in choice ? choice.names : []
    return checkReading(read(given), names, { requiredAnnotations: [], hasPlugins: true })
  }

  test('has no errors, and its jobs are counted by type', () => {
    const outcome = check(sources)
    expect(outcome.remarks.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(outcome.remarks.filter(({ code }) => code.startsWith('unknown-fields'))).toEqual([])
    const text = outcomeText(outcome, { color: false, texts: new Map(), shown: (file) => file })
    const [, all, ...types] =
      /; (\d+) jobs: (\d+) presubmits, (\d+) postsubmits, (\d+) periodics, in \d+ repo/.exec(text) ?? []
    expect(types.map(Number).reduce((sum, count) => sum + count, 0)).toBe(Number(all))
    expect(Number(all)).toBe(jobs.length)
    expect(jobs.length).toBeGreaterThan(3000)
  })

  /** Where a mistake was put: its file and line, counted from 1. */
  interface Spoilt {
    readonly sources: Sources
    readonly file: string
    readonly line: number
  }
  type Spoil = (pick: number) => Spoilt

  const withText = (file: string, text: string): Sources => {
    const change = <F extends { readonly file: string }>(source: F) => (source.file === file ? { file, text } : source)
    return {
      ...sources,
      main: change(sources.main),
      jobs: sources.jobs.map(change),
      ...(sources.plugins && { plugins: change(sources.plugins) }),
    }
  }

  /** Changes one of the lines that match, in a job file or in the one named. */
  const line =
    (pattern: RegExp, instead: string, name?: string): Spoil =>
    (pick) => {
      const files = [sources.main, ...sources.jobs, ...(sources.plugins ? [sources.plugins] : [])]
      const wanted = name === undefined ? sources.jobs : files.filter(({ file }) => file.endsWith(`/${name}`))
      const places = wanted.flatMap(({ file, text = '' }) =>
        text.split('\n').flatMap((each, index) => (pattern.test(each) ? [{ file, text, index }] : [])),
      )
      const place = places[pick % places.length]
      if (place === undefined) throw new Error(`no line matches ${pattern}`)
      const lines = place.text.split('\n')
      lines[place.index] = (lines[place.index] ?? '').replace(pattern, instead)
      return { sources: withText(place.file, lines.join('\n')), file: place.file, line: place.index + 1 }
    }

  /** Adds a line to one of the jobs, below its name. */
  const added =
    (field: string, suits: (job: AnyJob) => boolean = () => true): Spoil =>
    (pick) => {
      const candidates = jobs.filter((each) => suits(each) && nameLine(each) !== undefined)
      const chosen = candidates[pick % candidates.length]
      const source = chosen?.job.source
      const found = sources.jobs.find(({ file }) => file === source?.file)
      if (source === undefined || found?.text === undefined) throw new Error('no job is suitable')
      const lines = found.text.split('\n')
      const indent = ' '.repeat(source.column - 1)
      lines.splice(source.line, 0, `${indent}${field}`)
      return { sources: withText(found.file, lines.join('\n')), file: found.file, line: source.line + 1 }
    }
  const nameLine = ({ job: { source, name } }: AnyJob): string | undefined => {
    const text = sources.jobs.find(({ file }) => file === source?.file)?.text?.split('\n')[(source?.line ?? 0) - 1]
    return text?.endsWith(`- name: ${name}`) ? text : undefined
  }

  /** Gives one job the text of a field of the job before it in its file. */
  const sameAsBefore =
    (given: AnyJob['type'], pattern: RegExp): Spoil =>
    (pick) => {
      const files = sources.jobs.filter(({ text = '' }) => text.startsWith(`${given}s:`))
      const file = files[pick % files.length]
      const lines = file?.text?.split('\n') ?? []
      const [first, second] = lines.flatMap((each, index) => (pattern.test(each) ? [index] : []))
      if (file === undefined || first === undefined || second === undefined)
        return sameAsBefore(given, pattern)(pick + 1)
      lines[second] = lines[first] ?? ''
      return { sources: withText(file.file, lines.join('\n')), file: file.file, line: second + 1 }
    }

  /** The same, but the problem is told some lines further on. */
  const told =
    (lines: number, spoil: Spoil): Spoil =>
    (pick) => {
      const spoilt = spoil(pick)
      return { ...spoilt, line: spoilt.line + lines }
    }
  // Where the job begins, one line above what was added.
  const ofJob = (spoil: Spoil): Spoil => told(-1, spoil)

  const isPeriodic = ({ type }: AnyJob) => type === 'periodic'
  const isPresubmit = ({ type }: AnyJob) => type === 'presubmit'
  const main = (pattern: RegExp, instead: string) => line(pattern, instead, 'config.yaml')
  const plugins = (pattern: RegExp, instead: string) => line(pattern, instead, 'plugins.yaml')
  const bare = ({ job }: AnyJob) => !job.labels

  test.each<[why: string, code: string, spoil: Spoil]>([
    ['a cron expression', 'CONFIG_JOB_CRON', line(/cron: .*/, 'cron: "61 * * * *"')],
    ['an interval', 'CONFIG_DURATION', line(/^(\s+)interval: .*/, '$1interval: 2 hours')],
    ['a timeout', 'CONFIG_DURATION', line(/^(\s+)timeout: \d+[hm]$/, '$1timeout: soon')],
    ['a pattern of files', 'CONFIG_REGEXP', line(/run_if_changed: .*[^|>]$/, "run_if_changed: '('")],
    [
      'a pattern of files with look-ahead',
      'CONFIG_REGEXP',
      line(/run_if_changed: .*[^|>]$/, "run_if_changed: '^(?!docs/)'"),
    ],
    ['a pattern of branches', 'CONFIG_REGEXP', line(/^(\s+)- ("?)\^?release-\S*$/, '$1- "release-["')],
    ['a word for a boolean', 'CONFIG_TYPE', line(/^(\s+)decorate: true$/, '$1decorate: maybe')],
    ['a quoted boolean', 'CONFIG_TYPE', line(/^(\s+)decorate: true$/, '$1decorate: "true"')],
    ['a number for a boolean', 'CONFIG_TYPE', line(/^(\s+)optional: true$/, '$1optional: 5')],
    ['a list for a text', 'CONFIG_TYPE', line(/^(\s+)cluster: (.*)/, '$1cluster: [$2]')],
    ['a text for a list', 'CONFIG_TYPE', line(/^(\s+)command: \[.*\]$/, '$1command: make')],
    ['a text for a map', 'CONFIG_TYPE', added('annotations: none', ({ job }) => !job.annotations)],
    ['a quantity', 'CONFIG_QUANTITY', line(/^(\s+)memory: "?\d+Gi"?$/, '$1memory: 6 GB')],
    ['a number of CPUs', 'CONFIG_QUANTITY', line(/^(\s+)cpu: "?\d+"?$/, '$1cpu: two')],
    ['a negative limit', 'CONFIG_NEGATIVE', line(/max_concurrency: \d+/, 'max_concurrency: -1')],
    ['a limit by halves', 'CONFIG_TYPE', line(/max_concurrency: \d+/, 'max_concurrency: 1.5')],
    ['a queue that nobody knows', 'CONFIG_JOB_QUEUE_UNKNOWN', line(/job_queue_name: .*/, 'job_queue_name: nowhere')],
    ['a misspelt field', 'unknown-fields-all', line(/^(\s+)cluster: (.*)/, '$1clustr: $2')],
    ['a misspelt field of a Pod', 'unknown-fields-all', line(/^(\s+)- image: (.*)/, '$1- imge: $2')],
    ['a misspelt field of a container', 'unknown-fields-all', line(/^(\s+)securityContext:$/, '$1securityContexts:')],
    ['a tab', 'CONFIG_YAML', line(/^(\s+)decorate: true$/, '\t$1decorate: true')],
    ['an alias of nothing', 'CONFIG_YAML', line(/^(\s+)decorate: true$/, '$1decorate: *nothing')],
    ['an open bracket', 'CONFIG_YAML', told(1, line(/^(\s+)decorate: true$/, '$1decorate: ['))],
    ['a key twice', 'CONFIG_DUPLICATE_KEY', told(1, main(/^log_level: .*/, 'log_level: debug\nlog_level: info'))],
    ['another agent', 'CONFIG_JOB_AGENT', added('agent: jenkins')],
    ['another namespace', 'CONFIG_JOB_NAMESPACE', added('namespace: elsewhere')],
    ['a label of Prow', 'CONFIG_JOB_LABEL_RESERVED', added('labels: {created-by-prow: x}', bare)],
    ['the key of a label', 'CONFIG_JOB_LABEL', added('labels: {_x: y}', bare)],
    ['the value of a label', 'CONFIG_JOB_LABEL', added('labels: {x: "a b"}', bare)],
    ['the key of an annotation', 'CONFIG_JOB_LABEL', added('annotations: {a/b/c: y}', ({ job }) => !job.annotations)],
    ['a job name', 'CONFIG_JOB_NAME', line(/^(\s*)- name: ((ci|pull|periodic)-\S+)$/, '$1- name: $2/x')],
    ['a job name twice', 'CONFIG_JOB_DUPLICATE', sameAsBefore('periodic', /^- name: \S+$/)],
    ['a trigger without its command', 'CONFIG_JOB_TRIGGER', ofJob(added('trigger: (?m)^/run$', isPresubmit))],
    [
      'always, but by files',
      'CONFIG_EXCLUSIVE',
      told(1, line(/^(\s+)always_run: true$/, "$1always_run: true\n$1run_if_changed: 'x'")),
    ],
    ['a second schedule', 'CONFIG_JOB_SCHEDULE', ofJob(added('minimum_interval: 1h', isPeriodic))],
    ['a clone depth of a periodic', 'periodic-default-clone-config', ofJob(added('clone_depth: 1', isPeriodic))],
    ['a strategy for paths', 'CONFIG_CHOICE', main(/path_strategy: .*/, 'path_strategy: modern')],
    ['a bucket', 'CONFIG_URL', main(/bucket: .*/, 'bucket: "://x"')],
    ['a template that does not end', 'CONFIG_TEMPLATE', main(/^(\s+job_url_template:) .*/, "$1 '{{if .Spec.Refs}}'")],
    [
      'a template with a field of nothing',
      'CONFIG_TEMPLATE',
      main(/^(\s+job_url_template:) .*/, "$1 '{{.Spec.Branch}}'"),
    ],
    ['a text for a capacity', 'CONFIG_TYPE', main(/^(\s+'k8sio-image-promo'): 1$/, '$1: one')],
    ['a log level', 'CONFIG_CHOICE', main(/^log_level: .*/, 'log_level: loud')],
    ['an age in days', 'CONFIG_DURATION', main(/max_pod_age: .*/, 'max_pod_age: 2 days')],
    ['a pattern of a lens', 'CONFIG_REGEXP', main(/^(\s+)- \^\(\?:started\|finished\).*/, "$1- '(?P<x'")],
    ['a type of jobs', 'CONFIG_CHOICE', main(/^(\s+)- postsubmit$/, '$1- postsubmits')],
    ['a section that nothing knows', 'unknown-fields', main(/^log_level: .*/, 'log_levels: debug')],
    ['a plugin that is none', 'unknown-plugin', plugins(/^(\s+)- lifecycle$/, '$1- livecycle')],
    [
      'a plugin of an org and its repository',
      'CONFIG_PLUGIN_TWICE',
      plugins(/^ {2}kubernetes\/kubernetes:$/, '  kubernetes/kubernetes: {plugins: [size]}\n  kubernetes/nothing:'),
    ],
    ['a size that does not ascend', 'CONFIG_PLUGIN_SETTING', plugins(/^(\s+)xl: .*/, '$1xl: 1')],
    ['a pattern of a plugin', 'CONFIG_REGEXP', plugins(/^(\s+)regexp: .*/, '$1regexp: "kind/("')],
    ['nobody to ask', 'CONFIG_PLUGIN_SETTING', plugins(/^(\s+)max_request_count: .*/, '$1request_count: 0')],
    [
      'two files of one key',
      'CONFIG_PLUGIN_SETTING',
      plugins(/^(\s+)name: plugins$/, '$1name: config\n$1key: config.yaml'),
    ],
  ])('%s is found, and nothing else', (_why, code, spoil) => {
    const { sources: given, file, line } = spoil(7919)
    const fresh = check(given).remarks.filter((remark) => !usual.has(sameText(remark)))
    expect(fresh.map((remark) => [remark.code, remark.place?.file, remark.place?.line])).toEqual([[code, file, line]])
  })
})
