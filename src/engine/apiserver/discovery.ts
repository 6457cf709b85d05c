// Discovery: which groups, versions and resources there are, for clients that ask before they act.
import { apiVersionOf, type Kind } from './kinds/kind.ts'
import type { Json } from './object.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const statusVerbs = ['get', 'patch', 'update']

// Reviews are answered, never kept, so they are no kinds of the registry.
const reviews = { group: 'authorization.k8s.io', version: 'v1' }
const reviewResource = {
  name: 'selfsubjectaccessreviews',
  singularName: 'selfsubjectaccessreview',
  namespaced: false,
  kind: 'SelfSubjectAccessReview',
  verbs: ['create'],
}

/** GET /api. */
export const coreVersions: Json = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
}

/** GET /apis. */
export function groupList(kinds: readonly Kind[]): Json {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames(kinds).map((group) => groupOf(kinds, group)) }
}

/** GET /apis/GROUP; undefined when there is no such group. */
export function apiGroup(kinds: readonly Kind[], group: string): Json | undefined {
  if (!groupNames(kinds).includes(group)) return undefined
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(kinds, group) }
}

/** GET /api/v1 and /apis/GROUP/VERSION; undefined when there is no such version. */
export function resourceList(kinds: readonly Kind[], group: string, version: string): Json | undefined {
  const own = kinds.filter((kind) => kind.group === group && kind.version === version)
  const isReviews = group === reviews.group && version === reviews.version
  if (own.length === 0 && !isReviews) return undefined
  const resources = isReviews ? [reviewResource] : own.flatMap(resourcesOf)
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf({ group, version }), resources }
}

const groupNames = (kinds: readonly Kind[]) => [
  ...new Set([...kinds.map((kind) => kind.group).filter((group) => group !== ''), reviews.group]),
]

function groupOf(kinds: readonly Kind[], name: string): Json {
  const served = new Set(kinds.filter((kind) => kind.group === name).map((kind) => kind.version))
  if (name === reviews.group) served.add(reviews.version)
  const versions = [...served].map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions, preferredVersion: versions[0] }
}

function resourcesOf(kind: Kind): readonly Json[] {
  const { plural, singular, namespaced, shortNames, categories } = kind
  const main = {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  }
  const sub = (name: string, subKind: string, subVerbs: readonly string[]) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    kind: subKind,
    verbs: subVerbs,
  })
  return [
    main,
    ...(kind.statusSubresource ? [sub('status', kind.kind, statusVerbs)] : []),
    ...kind.subresources.map((one) => sub(one.name, one.kind, one.verbs)),
  ]
}
