// Supplemental main files: the few sections that may be spread over several files, and how they come together.
import { configErrors } from '../errors.ts'
import { asMap } from '../fields.ts'
import type { Opened, Report } from '../report.ts'
import type { Path, YamlFile } from '../yaml.ts'
import { mergeBranchProtection } from './branch-protection.ts'
import { mainFields, type ReadMain } from './main.ts'
import { checkSlack } from './slack.ts'
import { checkQuery } from './tide-queries.ts'

const allowed = ['branch-protection', 'tide.merge_method', 'tide.queries', 'slack_reporter_configs']

/** The main file together with its supplemental ones, in their order. Their queries and reporters are checked, too. */
export function withSupplemental(main: ReadMain, { file, report }: Opened, shards: readonly Opened[]): ReadMain {
  checkShared(main, report)
  const from = {
    methods: sources(main.tide.merge_method, file),
    slack: sources(main.slack_reporter_configs, file),
  }
  let whole = main
  for (const shard of shards) {
    const read = mainFields.read(shard.file.value ?? {}, [], shard.report)
    checkShared(read, shard.report)
    checkAllowed(shard)
    unique(read.tide.merge_method, from.methods, ['tide', 'merge_method'], shard)
    unique(read.slack_reporter_configs, from.slack, ['slack_reporter_configs'], shard)
    const policies = mergeBranchProtection(whole['branch-protection'], read['branch-protection'], (at) => {
      const what = at.length === 0 ? 'the policy at the top' : at.join('.')
      shard.report.error(['branch-protection', ...at], configErrors.SET_TWICE({ what, other: 'another file' }))
    })
    const queries = [...whole.tide.queries, ...read.tide.queries]
    const merge_method = { ...whole.tide.merge_method, ...read.tide.merge_method }
    whole = {
      ...whole,
      'branch-protection': policies,
      tide: { ...whole.tide, queries, merge_method },
      slack_reporter_configs: { ...whole.slack_reporter_configs, ...read.slack_reporter_configs },
    }
  }
  return whole
}

const sources = (map: object, { file }: YamlFile) => new Map(Object.keys(map).map((key) => [key, file]))

function unique(map: object, from: Map<string, string>, at: Path, { file, report }: Opened): void {
  for (const key of Object.keys(map)) {
    const other = from.get(key)
    if (other !== undefined) report.error([...at, key], configErrors.SET_TWICE({ what: key, other }))
    from.set(key, other ?? file.file)
  }
}

function checkShared(read: ReadMain, report: Report): void {
  for (const [index, query] of read.tide.queries.entries()) checkQuery(query, ['tide', 'queries', index], report)
  for (const [key, entry] of Object.entries(read.slack_reporter_configs)) {
    checkSlack(entry, ['slack_reporter_configs', key], report)
  }
}

/** What is set beside the sections that may be spread; settings that say nothing are fine. */
function checkAllowed({ file, report }: Opened): void {
  const refuse = (path: readonly string[]) =>
    report.error(path, configErrors.SUPPLEMENTAL({ field: path.join('.'), allowed }))
  for (const [key, value] of Object.entries(asMap(file.value) ?? {})) {
    const name = mainFields.nameOf(key)
    if (name === undefined || allowed.includes(name)) continue
    if (name === 'tide') {
      for (const [inner, set] of Object.entries(asMap(value) ?? {})) {
        const field = tideField(inner)
        if (field !== undefined && !allowed.includes(`tide.${field.name}`) && !field.isZero(set)) refuse([key, inner])
      }
    } else if (!(name in mainFields.fields)) {
      report.warn([key], configErrors.NO_EFFECT({ field: key, why: 'supplemental files hold no jobs' }), 'key')
    } else if (!mainField(name).isZero(value)) refuse([key])
  }
}

const mainField = (name: string) => mainFields.fields[name as keyof typeof mainFields.fields]

function tideField(key: string): { readonly name: string; isZero(value: unknown): boolean } | undefined {
  const { fields, nameOf } = mainFields.fields.tide
  const name = nameOf(key)
  return name === undefined ? undefined : { name, isZero: fields[name as keyof typeof fields].isZero }
}
