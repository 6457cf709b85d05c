// The checks that ask the code host: which repositories have no OWNERS file, and where the app is not installed.
import type { RepositoryOperations } from '../../api/code-host.ts'
import type { Checking, Found } from './check.ts'

import type { HostCheck } from './checks.ts'
import { type Remark, remarkOf } from './outcome.ts'
import { enabledPlugins } from './plugin-checks.ts'

/** What is checked. */
type Given = Pick<Checking, 'config' | 'plugins' | 'place'>

/** What is asked. */
export interface Asked extends Pick<RepositoryOperations, 'repository' | 'repositories' | 'file'> {
  /** Logins of the accounts that the app is installed in. */
  installedIn(): Promise<ReadonlySet<string>>
}

// Plugins that go by OWNERS files.
const readOwners = ['approve', 'blunderbuss', 'owners-label', 'rifle', 'verify-owners']

const usesOwners = (checking: Given, repo: string): boolean => {
  const enabled = enabledPlugins(checking.plugins, repo)
  return readOwners.some((name) => enabled.has(name))
}

/** Repositories with plugins that go by OWNERS files, but without one at their root. */
async function missingOwners(checking: Given, host: Asked): Promise<readonly Found[]> {
  const names = new Set<string>()
  for (const [key, { plugins }] of Object.entries(checking.plugins.plugins)) {
    if (key.includes('/')) names.add(key)
    else if (readOwners.some((name) => plugins.includes(name))) {
      for (const repo of await host.repositories(key)) names.add(repo.includes('/') ? repo : `${key}/${repo}`)
    }
  }
  const found: Found[] = []
  for (const name of [...names].filter((each) => usesOwners(checking, each)).sort()) {
    const [org = '', repo = ''] = name.split('/')
    const at = { org, repo }
    const { archived, default_branch } = await host.repository(at)
    const file = ownersFile(checking, name)
    // Nobody opens pull requests in an archive.
    if (archived || (await host.file(at, file, default_branch)) !== undefined) continue
    const key = checking.plugins.plugins[name] === undefined ? org : name
    found.push({
      place: checking.place('plugins', ['plugins', key]),
      field: `plugins[${JSON.stringify(key)}]`,
      message: `${name} has plugins that go by OWNERS files, but no ${file} on ${default_branch}`,
    })
  }
  return found
}

function ownersFile({ plugins }: Given, repo: string): string {
  const names = plugins.sections.owners?.filenames ?? {}
  const entry = names[repo] ?? names[repo.split('/')[0] ?? '']
  return entry === undefined ? 'OWNERS' : (entry.owners ?? '')
}

/** Orgs that the configuration names, and in which the app is not installed. */
async function missingInstallations({ config, plugins, place }: Given, host: Asked): Promise<readonly Found[]> {
  const { queries } = config.tide
  const names = [
    ...Object.keys(config.presubmits),
    ...Object.keys(config.postsubmits),
    ...Object.keys(plugins.plugins),
    ...Object.keys(plugins.external_plugins),
    ...queries.flatMap(({ orgs = [], repos = [] }) => [...orgs, ...repos]),
    ...Object.keys(config['branch-protection'].orgs ?? {}),
  ]
  // Gerrit's servers have no apps.
  const orgs = new Set(names.filter((name) => !name.includes('://')).map((name) => name.split('/')[0] ?? ''))
  const installed = await host.installedIn()
  return [...orgs]
    .filter((org) => org !== '' && org !== '*' && !installed.has(org))
    .sort()
    .map((org) => ({
      place: place('plugins', ['plugins', org]),
      field: '',
      message: `the GitHub app is not installed in ${org}`,
      hint: 'install it there, or remove the org from the configuration',
    }))
}

const finders: Readonly<Record<HostCheck, (checking: Given, host: Asked) => Promise<readonly Found[]>>> = {
  'verify-owners-presence': missingOwners,
  'validate-github-app-installation': missingInstallations,
}

/** Runs those of the checks that ask the code host. Failures of the host are thrown. */
export async function checkOnHost(
  checking: Given,
  names: readonly HostCheck[],
  host: Asked,
): Promise<readonly Remark[]> {
  const remarks: Remark[] = []
  for (const name of names) {
    for (const found of await finders[name](checking, host)) remarks.push(remarkOf('warning', name, found))
  }
  return remarks
}
