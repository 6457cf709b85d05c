// deck.spyglass: how Deck shows the results of a run.
import { anything, deprecated, list, mapOf, object, optional } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { asMap, flag, type Infer, pattern, text, whole } from '../fields.ts'
import type { Report } from '../report.ts'
import { announcedRunView, pullOfLinkView } from '../templates/html-data.ts'
import type { Path } from '../yaml.ts'
import { maybeFlag, maybeText, textMap } from './shorthands.ts'
import { checkHtmlLate, lateHtml } from './templates.ts'

const patterns = (about: string) => list(pattern({ about: '' }), { about })

const lens = object({
  required_files: patterns('RE2 patterns; the lens is shown where each of them matches a file.'),
  optional_files: patterns('RE2 patterns of further files for the lens.'),
  lens: object({ name: text({ about: 'Name.' }), config: anything({ about: 'Settings of the lens.' }) }, { about: '' }),
  remote_config: optional(
    object(
      {
        endpoint: maybeText('Address.'),
        static_root: maybeText('Address of its files.'),
        title: maybeText('Title.'),
        priority: optional(whole({ about: 'Place on the page, from the top.' })),
        hide_title: maybeFlag('Show no title.'),
      },
      { about: 'A lens that another server renders.' },
    ),
  ),
})

export const spyglass = object(
  {
    lenses: list(lens, { about: 'Which files are shown how.' }),
    viewers: deprecated(
      mapOf(list(text({ about: '' }), { about: '' }), { about: 'Names of lenses by RE2 pattern of files.' }),
      'use lenses',
    ),
    size_limit: whole({ default: 100_000_000, about: 'Bytes of a file that are read at most.' }),
    gcs_browser_prefix: deprecated(maybeText('Address of a browser of buckets.'), 'use gcs_browser_prefixes["*"]'),
    gcs_browser_prefixes: textMap('Address of a browser of buckets, by *, org or org/repo.'),
    gcs_browser_prefixes_by_bucket: textMap('The same by * or bucket.'),
    announcement: lateHtml(
      { about: 'Go template of HTML at the top of each page; data: ArtifactPath.' },
      announcedRunView({ artifactPath: 'a' }),
    ),
    testgrid_config: text({ about: 'URL of the configuration of TestGrid.' }),
    testgrid_root: text({ about: 'Address of TestGrid.' }),
    hide_pr_history_link: flag({ about: 'No link to the history of the pull request.' }),
    pr_history_link_template: lateHtml(
      {
        default: '/pr-history?org={{.Org}}&repo={{.Repo}}&pr={{.Number}}',
        about: 'Go template of that link; data: Org, Repo, Number.',
      },
      pullOfLinkView({ org: 'o', repo: 'r', number: 1 }),
    ),
    bucket_aliases: textMap('Bucket by the name that stands for it in addresses.'),
  },
  { about: 'Pages of runs.' },
)
type Given = Infer<typeof spyglass>

/** The section with older forms brought into the newer ones. */
export type SpyglassConfig = Readonly<Omit<Given, 'viewers' | 'gcs_browser_prefix'>>

/** Checks the section. */
export function finishSpyglass(given: Given, at: Path, report: Report): SpyglassConfig {
  const { viewers, gcs_browser_prefix: prefix = '', ...rest } = given
  if (given.size_limit < 0) report.error([...at, 'size_limit'], configErrors.NEGATIVE({ value: given.size_limit }))
  for (const field of ['gcs_browser_prefixes', 'gcs_browser_prefixes_by_bucket'] as const) {
    if (prefix && given[field]['*'] !== undefined) {
      report.error([...at, field], configErrors.EXCLUSIVE({ fields: ['gcs_browser_prefix', `${field}["*"]`] }))
    }
  }
  for (const [index, { lens }] of given.lenses.entries()) {
    if (lens.name === 'podinfo') checkPodLinks(lens.config, [...at, 'lenses', index, 'lens', 'config'], report)
  }
  return {
    ...rest,
    size_limit: given.size_limit || 100_000_000,
    lenses: [...given.lenses, ...fromViewers(viewers, [...at, 'viewers'], report)],
    gcs_browser_prefixes: { '*': prefix, ...given.gcs_browser_prefixes },
    gcs_browser_prefixes_by_bucket: { '*': prefix, ...given.gcs_browser_prefixes_by_bucket },
  }
}

/** The lens podinfo has templates of links among its settings, by build cluster. */
function checkPodLinks(config: unknown, at: Path, report: Report): void {
  for (const [cluster, runner] of Object.entries(asMap(asMap(config)?.runner_configs) ?? {})) {
    const template = asMap(runner)?.pod_link_template
    if (typeof template !== 'string') continue
    checkHtmlLate(template, [...at, 'runner_configs', cluster, 'pod_link_template'], report)
  }
}

// Names that viewers had before they were lenses. Upstream renames them too late, and shows nothing.
const renamed: Readonly<Record<string, string>> = {
  'build-log-viewer': 'buildlog',
  'metadata-viewer': 'metadata',
  'junit-viewer': 'junit',
}

function fromViewers(viewers: Given['viewers'], at: Path, report: Report): Given['lenses'] {
  const pairs = Object.entries(viewers).flatMap(([files, names]) => {
    pattern({ about: '' }).read(files, [...at, files], report)
    return names.map((name) => ({ files, name: renamed[name] ?? name }))
  })
  return pairs
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ files, name }) => ({ required_files: [files], optional_files: [], lens: { name } }))
}
