// The files of configMap, secret, downwardAPI and projected volumes. Pure: what they hold, not where they lie.
import type {
  ConfigMapProjection,
  DownwardAPIProjection,
  KeyToPath,
  SecretProjection,
  Volume,
  VolumeProjection,
} from 'kubernetes-types/core/v1.js'
import type { Pod } from '../../api/kubernetes.ts'
import type { Needed, References } from './environment.ts'
import { fieldValue, type NodeFacts, resourceValue } from './fields.ts'

/** One file of a volume. */
interface VolumeFile {
  /** Relative, without `..`. */
  readonly path: string
  readonly data: Buffer
  readonly mode: number
}

export type VolumeFiles = { readonly files: readonly VolumeFile[] } | { readonly problem: string }

const defaultMode = 0o644

/** Which objects a Pod's volumes refer to. */
export function neededByVolumes(volumes: readonly Volume[]): Needed {
  const configMaps = new Set<string>()
  const secrets = new Set<string>()
  for (const { configMap, secret, projected } of volumes) {
    for (const source of [{ configMap }, ...(projected?.sources ?? [])]) {
      if (source.configMap?.name) configMaps.add(source.configMap.name)
    }
    if (secret?.secretName) secrets.add(secret.secretName)
    for (const source of projected?.sources ?? []) if (source.secret?.name) secrets.add(source.secret.name)
  }
  return { configMaps, secrets }
}

/** Whether the volume is made of files that the node writes, which containers may only read. */
export function isMadeOfFiles({ configMap, secret, downwardAPI, projected }: Volume): boolean {
  return Boolean(configMap ?? secret ?? downwardAPI ?? projected)
}

/** Files of one such volume; a problem names what is missing. */
export function filesOf(volume: Volume, pod: Pod, references: References, node: NodeFacts): VolumeFiles {
  const { configMap, secret, downwardAPI, projected } = volume
  const mode = configMap?.defaultMode ?? secret?.defaultMode ?? downwardAPI?.defaultMode ?? projected?.defaultMode
  const sources: VolumeProjection[] = projected
    ? (projected.sources ?? [])
    : [
        {
          ...(configMap ? { configMap } : {}),
          ...(secret ? { secret: { ...secret, name: secret.secretName ?? '' } } : {}),
          ...(downwardAPI ? { downwardAPI } : {}),
        },
      ]
  const files: VolumeFile[] = []
  for (const source of sources) {
    const part = sourceFiles(source, mode ?? defaultMode, pod, references, node)
    if ('problem' in part) return part
    files.push(...part.files)
  }
  return { files }
}

function sourceFiles(
  source: VolumeProjection,
  mode: number,
  pod: Pod,
  references: References,
  node: NodeFacts,
): VolumeFiles {
  const namespace = pod.metadata?.namespace ?? ''
  if (source.configMap) {
    const { name = '' } = source.configMap
    const found = references.configMaps.get(name)
    const data = found && {
      ...mapValues(found.data, (text) => Buffer.from(text, 'utf8')),
      ...mapValues(found.binaryData, (text) => Buffer.from(text, 'base64')),
    }
    return payload('configmap', `${namespace}/${name}`, name, source.configMap, data, mode)
  }
  if (source.secret) {
    const { name = '' } = source.secret
    const found = references.secrets.get(name)
    const data = found && mapValues(found.data, (text) => Buffer.from(text, 'base64'))
    return payload('secret', `${namespace}/${name}`, name, source.secret, data, mode)
  }
  if (source.downwardAPI) return downward(source.downwardAPI, mode, pod, node)
  const kind = Object.keys(source)[0] ?? 'empty'
  return { problem: `projected volume source ${kind} is not supported by this node` }
}

function payload(
  kind: 'configmap' | 'secret',
  key: string,
  name: string,
  { items, optional }: ConfigMapProjection | SecretProjection,
  data: Readonly<Record<string, Buffer>> | undefined,
  mode: number,
): VolumeFiles {
  if (!data) return optional ? { files: [] } : { problem: `${kind} "${name}" not found` }
  const wanted: readonly KeyToPath[] = items ?? Object.keys(data).map((one) => ({ key: one, path: one }))
  const files: VolumeFile[] = []
  for (const item of wanted) {
    const content = data[item.key]
    if (content === undefined) {
      if (optional) continue
      return { problem: `references non-existent ${kind} key: ${item.key} (${key})` }
    }
    if (!isPlainPath(item.path)) return { problem: `invalid path "${item.path}": must be relative and without ".."` }
    files.push({ path: item.path, data: content, mode: item.mode ?? mode })
  }
  return { files }
}

function downward({ items = [] }: DownwardAPIProjection, mode: number, pod: Pod, node: NodeFacts): VolumeFiles {
  const files: VolumeFile[] = []
  for (const item of items) {
    const value = item.fieldRef
      ? fieldValue(item.fieldRef, pod, node)
      : item.resourceFieldRef
        ? resourceValue(item.resourceFieldRef, pod, undefined, node)
        : undefined
    if (value === undefined) return { problem: `unsupported downward API item ${item.path}` }
    if (!isPlainPath(item.path)) return { problem: `invalid path "${item.path}": must be relative and without ".."` }
    files.push({ path: item.path, data: Buffer.from(value, 'utf8'), mode: item.mode ?? mode })
  }
  return { files }
}

/** Whether a path stays inside of the directory it is relative to. */
export function isPlainPath(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split('/').includes('..')
}

function mapValues<A, B>(map: Readonly<Record<string, A>> | undefined, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, change(value)]))
}
