// Common ground of the serialisers: GitHub's own types, node ids and URL-safe names.
import type { components } from '@octokit/openapi-types'

/** GitHub's description of its JSON. */
export type Schemas = components['schemas']

/** The opaque id that GraphQL uses. */
export const nodeId = (type: string, id: number | string): string =>
  Buffer.from(`0${type.length}:${type}${id}`).toString('base64')

/** Type and id back from a node id, or undefined. */
export function fromNodeId(node: string): { type: string; id: string } | undefined {
  const match = /^0\d+:([A-Za-z]+)(.+)$/.exec(Buffer.from(node, 'base64').toString('utf8'))
  return match?.[1] && match[2] ? { type: match[1], id: match[2] } : undefined
}

export const segment = encodeURIComponent
