// Decoration defaults: which apply to a job, and how one layer lies over another.
import type { DecorationConfig } from '../../api/prowjob.ts'
import type { Path } from '../yaml.ts'

/** What an entry of a list of defaults is for. Texts, not patterns; absent, empty and `*` are everything. */
export interface EntryFilter {
  readonly repo?: string
  readonly cluster?: string
}

/** Whether an entry of defaults is for the jobs of this repository (empty: none) in this cluster. */
export function entryApplies(
  { repo = '', cluster = '' }: EntryFilter,
  job: { repo: string; cluster: string },
): boolean {
  if (cluster !== '' && cluster !== '*' && cluster !== job.cluster) return false
  if (repo === '' || repo === '*' || repo === job.repo) return true
  const plain = withoutReview(job.repo)
  return repo === plain || repo === plain.split('/')[0]
}

/** `https://host-review.example.com/x` is `host.example.com/x`: Gerrit's review host stands for its repository host. */
function withoutReview(repo: string): string {
  const plain = repo.replace(/^https?:\/\//, '')
  const [first = '', ...rest] = plain.split('.')
  return rest.length === 0 ? plain : [first.replace(/-review$/, ''), ...rest].join('.')
}

/** The decoration of a job: each applying entry over those before it, the job's own over all. Nothing given is changed. */
export function decorationFor(
  entries: readonly (EntryFilter & { readonly config: DecorationConfig })[],
  job: { repo: string; cluster: string },
  own: DecorationConfig | undefined,
): DecorationConfig {
  const layers = entries.filter((entry) => entryApplies(entry, job)).map(({ config }) => config)
  return [...layers, own ?? {}].reduce(decorationOver, {})
}

/** Whether of two layers that set this the lower one holds: media types are the odd ones out. */
export const lowerLayerHolds = ([section, field]: Path): boolean =>
  section === 'gcs_configuration' && field === 'mediaTypes'

/** One decoration config over another: what `over` does not set shows through from `under`. */
export function decorationOver(under: DecorationConfig, over: DecorationConfig): DecorationConfig {
  const merged: DecorationConfig = { ...under, ...withoutUnset(over) }
  const images = both(under.utility_images, over.utility_images, withoutEmptyTexts)
  const resources = both(under.resources, over.resources)
  const bucket = both(under.gcs_configuration, over.gcs_configuration, withoutEmptyTexts)
  const censoring = both(under.censoring_options, over.censoring_options)
  const scheduling = both(under.scheduling_options, over.scheduling_options)
  // See lowerLayerHolds.
  const mediaTypes = { ...over.gcs_configuration?.mediaTypes, ...under.gcs_configuration?.mediaTypes }
  return {
    ...merged,
    ...(images && { utility_images: images }),
    ...(resources && { resources }),
    ...(bucket && {
      gcs_configuration: { ...bucket, ...(Object.keys(mediaTypes).length > 0 && { mediaTypes }) },
    }),
    ...(censoring && { censoring_options: censoring }),
    ...(scheduling && { scheduling_options: scheduling }),
  }
}

// An empty list or app id is no setting; an empty secret name is one and says "none".
const emptyIsUnset = new Set([
  'ssh_key_secrets',
  'ssh_host_fingerprints',
  'github_api_endpoints',
  'sparse_checkout_files',
  'github_app_id',
])

const withoutUnset = (config: DecorationConfig): DecorationConfig =>
  Object.fromEntries(
    Object.entries(config).filter(([key, value]) => {
      const isEmpty = value === '' || (Array.isArray(value) && value.length === 0)
      return value !== undefined && !(isEmpty && emptyIsUnset.has(key))
    }),
  )

const withoutEmptyTexts = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')) as Partial<T>

function both<T extends object>(
  under: T | undefined,
  over: T | undefined,
  given: (over: T) => Partial<T> = (all) => all,
): T | undefined {
  return under && over ? { ...under, ...given(over) } : (over ?? under)
}
