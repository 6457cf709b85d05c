// Which form of an answer the client asked for.
import { notAcceptable } from '../status.ts'

/** Objects as they are, as rows of a table, or their metadata only. */
export type Form = 'object' | 'table' | 'metadata'

/** The first form in an Accept header that the server has. Throws 406 when there is none. */
export function acceptedForm(accept: string | undefined): Form {
  if (!accept) return 'object'
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    if (!['application/json', 'application/*', '*/*'].includes(type.toLowerCase())) continue
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3)
    if (as === undefined) return 'object'
    if (as === 'Table') return 'table'
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata'
  }
  throw notAcceptable('application/json')
}
