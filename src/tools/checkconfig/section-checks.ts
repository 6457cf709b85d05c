// Checks of other sections of the main file: webhooks, links, branches that nobody manages, Gerrit.
import { goUrlError } from '../../config/jobs/go-url.ts'
import { compileRe2 } from '../../config/re2.ts'
import type { Config, Presubmit } from '../../config/types.ts'
import type { Checking, Found } from './check.ts'

/** Orgs whose webhook is managed as well as that of one of their repositories: both would tell of each event. */
export const managedWebhooks = ({ config, place }: Checking): readonly Found[] => {
  const keys = Object.keys(config.managed_webhooks.org_repo_config)
  return keys
    .filter((key) => key.includes('/') && keys.includes(key.split('/')[0] ?? ''))
    .map((key) => ({
      place: place('main', ['managed_webhooks', 'org_repo_config', key]),
      field: `managed_webhooks.org_repo_config[${JSON.stringify(key)}]`,
      message: `${key} and its org are both listed`,
      hint: 'keep one of them: each would get every event',
    }))
}

/** Links that are none. */
export const urls = ({ config, place }: Checking): readonly Found[] => {
  const why = goUrlError(config.status_error_link)
  return why === undefined
    ? []
    : [{ place: place('main', ['status_error_link']), field: 'status_error_link', message: `is not a URL: ${why}` }]
}

/** A level of branch protection and those below it, whatever they are called. */
interface Level {
  readonly unmanaged?: boolean
  readonly orgs?: Readonly<Record<string, Level>>
  readonly repos?: Readonly<Record<string, Level>>
  readonly branches?: Readonly<Record<string, Level>>
}
const below = ['orgs', 'repos', 'branches'] as const
type Path = readonly string[]

const childrenOf = (level: Level): readonly (readonly [path: Path, level: Level])[] =>
  below.flatMap((name) => Object.entries(level[name] ?? {}).map(([key, child]) => [[name, key], child] as const))

const isManaged = (level: Level): boolean =>
  level.unmanaged === false || childrenOf(level).some(([, child]) => isManaged(child))

/** What is set where nothing is managed. */
export const unmanagedBranches = ({ config, place }: Checking): readonly Found[] =>
  idle(config['branch-protection'], []).map((path) => ({
    place: place('main', ['branch-protection', ...path]),
    field: ['branch-protection', ...path].join('.'),
    message: 'has no effect, as it stands below unmanaged: true',
    hint: 'remove it, or set unmanaged: false here',
  }))

/** Paths of settings and levels without effect. */
function idle(level: Level, path: Path): readonly Path[] {
  const children = childrenOf(level)
  if (level.unmanaged !== true) return children.flatMap(([at, child]) => idle(child, [...path, ...at]))
  const known = new Set<string>(['unmanaged', ...below])
  const settings = Object.keys(level).filter((name) => !known.has(name))
  return [
    ...settings.map((name) => [...path, name]),
    ...children.flatMap(([at, child]) => (isManaged(child) ? [] : [[...path, ...at]])),
  ]
}

/** Commands of presubmits that Gerrit's adapter would not take. Upstream looks at this always, and fails. */
export const gerritCommands = ({ config }: Checking): readonly Found[] =>
  refusedByGerrit(Object.values(config.presubmits).flat(), config)

/** Those of them that Gerrit's adapter would not take. */
export function refusedByGerrit(presubmits: readonly Presubmit[], config: Pick<Config, 'gerrit'>): readonly Found[] {
  const allowed = config.gerrit.allowed_presubmit_trigger_re
  if (allowed === '') return []
  const pattern = compileRe2(allowed)
  return presubmits
    .filter(({ rerun_command }) => !pattern.test(rerun_command))
    .map((job) => ({
      place: job.source,
      field: 'rerun_command',
      message: `${job.name}: ${JSON.stringify(job.rerun_command)} does not match gerrit.allowed_presubmit_trigger_re`,
    }))
}
