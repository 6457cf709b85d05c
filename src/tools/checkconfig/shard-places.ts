// validate-supplemental-prow-config-hierarchy: a supplemental file below a folder of an org or repository is about that only.
import { isAbsolute, relative, sep } from 'node:path'
import { asMap } from '../../config/fields.ts'
import type { Checking, Found, Shards } from './check.ts'

/** Everything that a file is about. */
interface Scope {
  readonly orgs: Set<string>
  readonly repos: Set<string>
  /** Sections that are about everything. */
  readonly global: Set<string>
}

type Collect = (value: unknown, into: Scope) => void

const keys = (value: unknown): readonly string[] => Object.keys(asMap(value) ?? {})
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

/** Keys or names that are an org, or org/repo; `*` is everything. */
function addNames(names: readonly string[], section: string, { orgs, repos, global }: Scope): void {
  for (const name of names) {
    if (name === '*') global.add(section)
    else if (name.includes('/')) repos.add(name.split('@')[0] ?? name)
    else orgs.add(name)
  }
}

const named =
  (section: string): Collect =>
  (value, into) =>
    addNames(keys(value), section, into)

const entries =
  (section: string): Collect =>
  (value, into) => {
    for (const entry of Array.isArray(value) ? value : []) addNames(texts(asMap(entry)?.repos), section, into)
  }

function branchProtection(value: unknown, { orgs, repos, global }: Scope): void {
  for (const key of keys(value)) if (key !== 'orgs') global.add('branch-protection')
  for (const [org, policy] of Object.entries(asMap(asMap(value)?.orgs) ?? {})) {
    const { repos: inner, ...own } = asMap(policy) ?? {}
    if (keys(own).length > 0) orgs.add(org)
    for (const repo of keys(inner)) repos.add(`${org}/${repo}`)
  }
}

function mergeMethods(value: unknown, into: Scope): void {
  for (const [key, method] of Object.entries(asMap(value) ?? {})) {
    const inner = asMap(method)
    if (inner === undefined || key.includes('/')) addNames([key], 'tide', into)
    else
      addNames(
        Object.keys(inner).map((repo) => (repo === '*' ? key : `${key}/${repo}`)),
        'tide',
        into,
      )
  }
}

function tide(value: unknown, into: Scope): void {
  const { merge_method: methods, queries, ...others } = asMap(value) ?? {}
  if (keys(others).length > 0) into.global.add('tide')
  mergeMethods(methods, into)
  for (const query of Array.isArray(queries) ? queries : []) {
    addNames([...texts(asMap(query)?.orgs), ...texts(asMap(query)?.repos)], 'tide', into)
  }
}

function label(value: unknown, into: Scope): void {
  const { restricted_labels: restricted, ...others } = asMap(value) ?? {}
  if (keys(others).length > 0) into.global.add('label')
  addNames(keys(restricted), 'label', into)
}

function bugzilla(value: unknown, into: Scope): void {
  if (asMap(value)?.default !== undefined) into.global.add('bugzilla')
  for (const [org, options] of Object.entries(asMap(asMap(value)?.orgs) ?? {})) {
    if (asMap(options)?.default !== undefined) into.orgs.add(org)
    for (const repo of keys(asMap(options)?.repos)) into.repos.add(`${org}/${repo}`)
  }
}

const ofMain: Readonly<Record<string, Collect>> = {
  'branch-protection': branchProtection,
  tide,
  slack_reporter_configs: named('slack_reporter_configs'),
}
const ofPlugins: Readonly<Record<string, Collect>> = {
  plugins: named('plugins'),
  external_plugins: named('external_plugins'),
  label,
  bugzilla,
  ...Object.fromEntries(['approve', 'lgtm', 'triggers', 'welcome'].map((name) => [name, entries(name)])),
}

const findIn =
  (sections: Readonly<Record<string, Collect>>) =>
  ({ roots, files }: Shards): readonly Found[] =>
    files.flatMap((file) => {
      const path = belowOneOf(roots, file.file)
      if (path === undefined || path.length === 1) return []
      const scope: Scope = { orgs: new Set(), repos: new Set(), global: new Set() }
      for (const [name, value] of Object.entries(asMap(file.value) ?? {})) {
        if (Object.hasOwn(sections, name)) sections[name]?.(value, scope)
        else scope.global.add(name)
      }
      return wrongWith(scope, path.slice(0, -1)).map((message) => ({ place: file.place([]), field: '', message }))
    })

const [inConfig, inPlugins] = [findIn(ofMain), findIn(ofPlugins)]

/** Supplemental files that do not belong to the folder in which they lie. */
export const misplacedShards = ({ shards }: Checking): readonly Found[] => [
  ...inConfig(shards.main),
  ...inPlugins(shards.plugins),
]

function belowOneOf(roots: readonly string[], file: string): readonly string[] | undefined {
  for (const root of roots) {
    const path = relative(root, file)
    if (path !== '' && !path.startsWith('..') && !isAbsolute(path)) return path.split(sep)
  }
  return undefined
}

function wrongWith({ orgs, repos, global }: Scope, folders: readonly string[]): readonly string[] {
  if (folders.length > 2) return [`lies ${folders.length} folders deep: at most ORG/REPO is possible`]
  const owner = folders.join('/')
  const others = (names: ReadonlySet<string>) => [...names].filter((name) => name !== owner).sort()
  const strange = [...others(orgs), ...others(repos)]
  const has = folders.length === 1 ? orgs.has(owner) : repos.has(owner)
  return [
    ...(global.size === 0
      ? []
      : [`is about ${owner} by its folder, but sets ${[...global].sort().join(', ')} for all`]),
    ...(strange.length === 0
      ? []
      : [`is about ${owner} by its folder, but also sets what is for ${strange.join(', ')}`]),
    ...(has ? [] : [`is about ${owner} by its folder, but sets nothing for it`]),
  ]
}
