// PartialObjectMetadata: an object without everything but its metadata.
import type { ApiObject, Json } from './object.ts'

/** The metadata of an object as an object of its own. */
export const partialMetadata = ({ metadata }: ApiObject): Json => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
})
