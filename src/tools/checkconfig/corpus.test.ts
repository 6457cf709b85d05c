// checkconfig on a large real configuration: nothing wrong with it, and each mistake put into it is found where it is.
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readSources, type Sources } from '../../config/files.ts'
import { type ParsedFiles, parsedFiles } from '../../config/parsed-files.ts'
import { sharedData } from '../../testing/shared.ts'
import { type AnyJob, allJobs } from '../all-jobs.ts'
import { readingOf } from '../reading.ts'
import { chooseChecks } from './checks.ts'
import { checkReading, type Outcome } from './outcome.ts'
import { outcomeText } from './text.ts'

const corpus = sharedData('k8s-test-infra') ?? ''

describe.skipIf(corpus === '')("the Kubernetes project's configuration", () => {
  let sources: Sources
  let parsed: ParsedFiles
  let jobs: readonly AnyJob[]
  beforeAll(async () => {
    parsed = parsedFiles()
    const at = (name: string) => join(corpus, name)
    const paths = { configPath: at('config.yaml'), jobConfigPath: at('jobs'), pluginConfigPath: at('plugins.yaml') }
    sources = readSources(paths)
    const { snapshot } = readingOf(sources, 0, parsed)
    jobs = snapshot ? allJobs(snapshot.config) : []
  })

  const check = (given: Sources): Outcome => {
    const choice = chooseChecks({ warnings: [], excluded: [], includeDefaults: false, expensive: true })
    const names = 'names' in choice ? choice.names : []
    return checkReading(readingOf(given, 0, parsed), names, { requiredAnnotations: [], hasPlugins: true })
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

  const isPeriodic = ({ type }: AnyJob) => type === 'periodic'
  test.each<[why: string, code: string, spoil: Spoil]>([
    ['a cron expression', 'CONFIG_JOB_CRON', line(/cron: .*/, 'cron: "61 * * * *"')],
    ['an interval', 'CONFIG_DURATION', line(/^(\s+)interval: .*/, '$1interval: 2 hours')],
    ['a timeout', 'CONFIG_DURATION', line(/^(\s+)timeout: \d+[hm]$/, '$1timeout: soon')],
    ['a pattern of files', 'CONFIG_REGEXP', line(/run_if_changed: .*[^|>]$/, "run_if_changed: '('")],
    ['a word for a boolean', 'CONFIG_TYPE', line(/^(\s+)decorate: true$/, '$1decorate: maybe')],
    ['a number for a boolean', 'CONFIG_TYPE', line(/^(\s+)optional: true$/, '$1optional: 5')],
    ['a negative limit', 'CONFIG_NEGATIVE', line(/max_concurrency: \d+/, 'max_concurrency: -1')],
    ['a queue that nobody knows', 'CONFIG_JOB_QUEUE_UNKNOWN', line(/job_queue_name: .*/, 'job_queue_name: nowhere')],
    ['a misspelt field', 'unknown-fields-all', line(/^(\s+)cluster: (.*)/, '$1clustr: $2')],
    ['a tab', 'CONFIG_YAML', line(/^(\s+)decorate: true$/, '\t$1decorate: true')],
    ['an alias of nothing', 'CONFIG_YAML', line(/^(\s+)decorate: true$/, '$1decorate: *nothing')],
    ['another agent', 'CONFIG_JOB_AGENT', added('agent: jenkins')],
    ['another namespace', 'CONFIG_JOB_NAMESPACE', added('namespace: elsewhere')],
    ['a label of Prow', 'CONFIG_JOB_LABEL_RESERVED', added('labels: {created-by-prow: x}', ({ job }) => !job.labels)],
    [
      'a trigger without its command',
      'CONFIG_JOB_TRIGGER',
      added('trigger: (?m)^/run$', ({ type }) => type === 'presubmit'),
    ],
    ['a second schedule', 'CONFIG_JOB_SCHEDULE', added('minimum_interval: 1h', isPeriodic)],
    ['a clone depth of a periodic', 'periodic-default-clone-config', added('clone_depth: 1', isPeriodic)],
    ['a plugin that is none', 'unknown-plugin', line(/^(\s+)- lifecycle$/, '$1- livecycle', 'plugins.yaml')],
    ['a log level', 'CONFIG_CHOICE', line(/^log_level: .*/, 'log_level: loud', 'config.yaml')],
    ['an age in days', 'CONFIG_DURATION', line(/max_pod_age: .*/, 'max_pod_age: 2 days', 'config.yaml')],
  ])('%s is found', (_why, code, spoil) => {
    const { sources: given, file, line } = spoil(7919)
    const remarks = check(given).remarks.filter((remark) => remark.code === code && remark.place?.file === file)
    // What is wrong with a job as a whole is told where the job begins, one line above what was added.
    const begins = ['CONFIG_JOB_TRIGGER', 'CONFIG_JOB_SCHEDULE', 'periodic-default-clone-config'].includes(code)
    expect(remarks.map(({ place }) => place?.line)).toContain(begins ? line - 1 : line)
  })
})
