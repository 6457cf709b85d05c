// What can be wrong with sections of plugins beyond their types.
import { configErrors } from '../../errors.ts'
import { compileRe2, Re2Error } from '../../re2.ts'
import type { Report } from '../../report.ts'
import type { Path } from '../../yaml.ts'
import type { PluginSections } from './sections.ts'

/** Checks the sections of one file, apart from what is only wrong with several files together. */
export function checkSections(read: PluginSections, report: Report): void {
  checkReviewers(read, report)
  checkSize(read.size, report)
  checkMatchingLabels(read.require_matching_label, report)
  checkProjects(read.project_manager, report)
  checkCommitMessages(read.invalid_commit_msg, report)
  checkConfigUpdater(read.config_updater, report)
}

const wrong = (report: Report, path: Path, why: string) => report.error(path, configErrors.PLUGIN_SETTING({ why }))

function checkReviewers({ blunderbuss, rifle }: PluginSections, report: Report): void {
  for (const [name, { request_count: count }] of Object.entries({ blunderbuss, rifle })) {
    if (count < 1) wrong(report, [name, 'request_count'], `must be at least 1, but is ${count}`)
  }
}

function checkSize({ s, m, l, xl, xxl }: PluginSections['size'], report: Report): void {
  const sizes = Object.entries({ s, m, l, xl, xxl })
  for (const [index, [name, lines]] of sizes.entries()) {
    const [before = '', least = 0] = sizes[index - 1] ?? []
    if (lines >= least) continue
    wrong(report, ['size', name], `must not be less than ${before} (${least}), but is ${lines}: set all sizes or none`)
  }
}

function checkMatchingLabels(entries: PluginSections['require_matching_label'], report: Report): void {
  for (const [index, entry] of entries.entries()) {
    const why = wrongWithLabel(entry)
    if (why !== undefined) wrong(report, ['require_matching_label', index], why)
  }
}

function wrongWithLabel(entry: PluginSections['require_matching_label'][number]): string | undefined {
  const { org, repo, branch, prs, issues, regexp, missing_label } = entry
  if (org === '') return 'org is missing'
  if (repo.includes('/')) return `repo must be without its org, but is ${JSON.stringify(repo)}`
  if (regexp === '') return 'regexp is missing'
  if (missing_label === '') return 'missing_label is missing'
  if (!prs && !issues) return 'one of prs and issues must be true'
  if (branch !== '' && !prs) return 'branch is for pull requests, but prs is not true'
  return matches(regexp, missing_label) ? 'regexp must not match missing_label' : undefined
}

function matches(pattern: string, text: string): boolean {
  try {
    return compileRe2(pattern).test(text)
  } catch (error) {
    if (error instanceof Re2Error) return false
    throw error
  }
}

function checkProjects({ orgsRepos }: PluginSections['project_manager'], report: Report): void {
  for (const [key, { projects }] of Object.entries(orgsRepos)) {
    const at = ['project_manager', 'orgsRepos', key]
    if (Object.keys(projects).length === 0) wrong(report, at, 'it has no projects')
    for (const [name, { columns }] of Object.entries(projects)) {
      const path = [...at, 'projects', name]
      if (columns.length === 0) wrong(report, path, 'it has no columns')
      const seen = new Set<string>()
      for (const [index, column] of columns.entries()) {
        const here = [...path, 'columns', index]
        const labels = column.labels.toSorted().join(', ')
        if (column.id === undefined && column.name === '') wrong(report, here, 'a column needs an id or a name')
        else if (column.labels.length === 0) wrong(report, here, 'a column needs labels')
        else if (column.org === '') wrong(report, here, 'a column needs an org')
        else if (seen.has(labels)) wrong(report, here, `another column of this project has the labels ${labels}, too`)
        seen.add(labels)
      }
    }
  }
}

function checkCommitMessages(entries: PluginSections['invalid_commit_msg'], report: Report): void {
  for (const [index, { repos, checks }] of entries.entries()) {
    const at = ['invalid_commit_msg', index]
    for (const [each, repo] of repos.entries()) {
      if (repo.trim() === '') wrong(report, [...at, 'repos', each], 'a repository must have a name')
    }
    for (const [each, { name }] of checks.entries()) {
      if (name.trim() === '') wrong(report, [...at, 'checks', each], 'a check must have a name')
    }
  }
}

const mostPartitions = 256

function checkConfigUpdater({ maps = {}, cluster_groups }: PluginSections['config_updater'], report: Report): void {
  const taken = new Map<string, string>()
  for (const [glob, map] of Object.entries(maps)) {
    const at = ['config_updater', 'maps', glob]
    const { name = '', partitioned_names: parts = [], clusters, cluster_groups: groups = [] } = map
    if (name !== '' && parts.length > 0) {
      report.error(at, configErrors.EXCLUSIVE({ fields: ['name', 'partitioned_names'] }))
    }
    if (parts.length > mostPartitions) {
      wrong(report, [...at, 'partitioned_names'], `at most ${mostPartitions} ConfigMaps, but there are ${parts.length}`)
    }
    if (clusters && Object.keys(clusters).length > 0 && groups.length > 0) {
      report.error(at, configErrors.EXCLUSIVE({ fields: ['clusters', 'cluster_groups'] }))
    }
    for (const [index, group] of groups.entries()) {
      if (cluster_groups[group] === undefined)
        wrong(report, [...at, 'cluster_groups', index], `there is no group ${group}`)
    }
    if (groups.length > 0) continue
    const key = map.key || (glob.split('/').at(-1) ?? glob)
    for (const [cluster, namespaces] of Object.entries(clusters ?? { default: [''] })) {
      for (const namespace of namespaces) {
        for (const target of name === '' ? parts : [name]) {
          const place = [cluster, namespace, target, key].join('\0')
          const other = taken.get(place)
          if (other !== undefined) wrong(report, at, `the key ${key} of ${target} is written from ${other}, too`)
          taken.set(place, other ?? glob)
        }
      }
    }
  }
}
