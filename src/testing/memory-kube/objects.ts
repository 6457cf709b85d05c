// Objects of the Kubernetes API in memory: their keys, selectors, patches and types.
import fastJsonPatch from 'fast-json-patch'
import type { KubeObject, ObjectMeta, Resource } from '../../api/kubernetes.ts'
import { mergePatch } from '../../engine/apiserver/patch/merge.ts'
import {
  type FieldRequirement,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  type Requirement,
} from '../../engine/apiserver/selectors.ts'
import { type At, type Kube, KubeError, type Selection } from '../../kube/client.ts'

export type Stored = KubeObject & { metadata: ObjectMeta }

export const kindOf = (resource: Resource<KubeObject>) => `${resource.group}/${resource.plural}`
export const groupKind = ({ group, plural }: Resource<KubeObject>) => (group ? `${plural}.${group}` : plural)
export const keyOf = (resource: Resource<KubeObject>, { namespace = '', name }: At) =>
  resource.namespaced ? `${namespace}/${name}` : name
export const rfc3339 = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
// What a client sends is JSON: undefined fields do not exist on the wire.
export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value))
// The one place where stored objects get the type that their kind promises.
export const typed = <T extends KubeObject>(resource: Resource<T>, object: KubeObject): T =>
  resource.complete?.(object as T) ?? (object as T)

export function patched(old: Stored, patch: Parameters<Kube['patch']>[2]): KubeObject {
  if ('merge' in patch) return mergePatch(old, plain(patch.merge)) as KubeObject
  if ('strategic' in patch) {
    throw new KubeError(415, 'UnsupportedMediaType', 'a strategic merge patch needs the schema of a real server')
  }
  try {
    return fastJsonPatch.applyPatch(structuredClone<KubeObject>(old), plain([...patch.json]) as never, true).newDocument
  } catch (error) {
    throw new KubeError(422, 'Invalid', error instanceof Error ? error.message : String(error))
  }
}

export function sorted(objects: Iterable<Stored>): Stored[] {
  const key = ({ metadata }: Stored) => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
  return [...objects].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

export function matcher({ namespace, labelSelector = '', fieldSelector = '' }: Selection): (object: Stored) => boolean {
  const labels: readonly Requirement[] = parseLabelSelector(labelSelector)
  const known = fieldSelector.split(',').map((part) => part.split(/[!=]/)[0] ?? '')
  const fields: readonly FieldRequirement[] = parseFieldSelector(fieldSelector, known)
  return (object) =>
    (!namespace || object.metadata.namespace === namespace) &&
    matchesLabels(labels, object.metadata.labels ?? {}) &&
    matchesFields(fields, Object.fromEntries(fields.map(({ field }) => [field, valueAt(object, field)])))
}

function valueAt(object: unknown, path: string): string {
  let value = object
  for (const key of path.split('.')) value = value instanceof Object ? Reflect.get(value, key) : undefined
  return value === undefined || value === null ? '' : String(value)
}

export function frozen<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const child of Object.values(value)) frozen(child)
  }
  return value
}
