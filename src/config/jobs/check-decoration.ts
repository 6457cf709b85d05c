// What can be wrong with how jobs are decorated: with values on their own, and with what a job has in the end.
import type { DecorationConfig } from '../../api/prowjob.ts'
import { configErrors, type Finding } from '../errors.ts'
import type { Path } from '../yaml.ts'
import { goUrlError } from './go-url.ts'

/** A finding, and where in the decoration it is. */
export interface DecorationFinding {
  readonly at: Path
  readonly finding: Finding
}

const one = (at: Path, finding: Finding): readonly DecorationFinding[] => [{ at, finding }]
const strategies = ['legacy', 'single', 'explicit']
type Storage = NonNullable<DecorationConfig['gcs_configuration']>

/** What keeps a complete decoration config from working: the first thing. */
export function decorationFindings(decoration: DecorationConfig): readonly DecorationFinding[] {
  const missing = (['clonerefs', 'initupload', 'entrypoint', 'sidecar'] as const).filter(
    (utility) => !decoration.utility_images?.[utility],
  )
  if (missing.length > 0) return one(['utility_images'], configErrors.DECORATION_IMAGES({ missing }))
  const { gcs_configuration: storage, oauth_token_secret, ssh_key_secrets = [] } = decoration
  if (storage === undefined) return one(['gcs_configuration'], configErrors.DECORATION_BUCKET({}))
  const { path_strategy: strategy = '', default_org, default_repo } = storage
  const [wrong] = storageFindings({ bucket: '', path_strategy: '', ...storage })
  if (wrong !== undefined) return [wrong]
  if (strategy !== 'explicit' && (!default_org || !default_repo)) {
    return one(['gcs_configuration', 'path_strategy'], configErrors.DECORATION_STRATEGY({ strategy }))
  }
  return oauth_token_secret && ssh_key_secrets.length > 0
    ? one([], configErrors.EXCLUSIVE({ fields: ['oauth_token_secret', 'ssh_key_secrets'] }))
    : []
}

/** Values that are wrong for every job that gets them. What is not set is not looked at. */
export const valueFindings = ({ gcs_configuration: storage = {} }: DecorationConfig): readonly DecorationFinding[] =>
  storageFindings(storage)

function storageFindings({ bucket, path_prefix, path_strategy, mediaTypes }: Storage): readonly DecorationFinding[] {
  const at = (...field: string[]): Path => ['gcs_configuration', ...field]
  const why = bucket === undefined ? undefined : goUrlError(bucket.includes('://') ? bucket : `gs://${bucket}`)
  return [
    ...(why === undefined ? [] : one(at('bucket'), configErrors.URL({ value: bucket ?? '', why }))),
    ...Object.entries({ bucket, path_prefix }).flatMap(([field, value = '']) =>
      hasSteps(value) ? one(at(field), configErrors.DECORATION_PATH({ value })) : [],
    ),
    ...Object.entries(mediaTypes ?? {}).flatMap(([extension, value]) =>
      isMediaType(value) ? [] : one(at('mediaTypes', extension), configErrors.MEDIA_TYPE({ value })),
    ),
    ...(path_strategy === undefined || strategies.includes(path_strategy)
      ? []
      : one(at('path_strategy'), configErrors.CHOICE({ value: path_strategy, choices: strategies }))),
  ]
}

const hasSteps = (path: string) => path.split('/').some((part) => part === '.' || part === '..')

const token = "[A-Za-z0-9!#$%&'*+.^_`{|}~-]+"
const mediaType = new RegExp(`^\\s*${token}(?:/${token})?\\s*$`)
const parameter = new RegExp(`^\\s*(${token})=(?:${token}|"(?:[^"\\\\]|\\\\.)*")\\s*$`)

/** Whether Go takes the text as a media type: `text/plain; charset=utf-8`, but also `text` alone. */
function isMediaType(text: string): boolean {
  const [type = '', ...parameters] = text.split(';')
  const names = parameters.filter((each) => each.trim() !== '').map((each) => parameter.exec(each)?.[1]?.toLowerCase())
  return mediaType.test(type) && !names.includes(undefined) && new Set(names).size === names.length
}
