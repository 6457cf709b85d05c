// Stored JSON text in the form that a client asked for.
import { apiVersionOf, type Kind } from '../kinds/kind.ts'
import type { Json } from '../object.ts'
import { partialMetadata } from '../partial.ts'
import { type IncludeObject, rowText, tableEnd, tableStart } from '../table/table.ts'
import type { Form } from './accept.ts'

/** How objects of a kind are written out for one client. Text goes in and out, so that plain lists never parse it. */
export interface Writer {
  /** Equal for equal output, so that many watchers can share it. */
  readonly id: string
  /** One object on its own. */
  one(body: string): string
  /** A list's text before its items; the metadata has the resourceVersion. */
  listStart(metadata: Json): string
  item(body: string): string
  readonly listEnd: string
}

const listEnd = ']}\n'

/** The writer for a form. `include` matters to tables only. */
export function writerFor(kind: Kind, form: Form, include: IncludeObject, now: () => number): Writer {
  switch (form) {
    case 'object':
      return {
        id: 'object',
        one: (body) => body,
        listStart: (metadata) =>
          `{"kind":${JSON.stringify(kind.listKind)},"apiVersion":${JSON.stringify(apiVersionOf(kind))},"metadata":${JSON.stringify(metadata)},"items":[`,
        item: (body) => body,
        listEnd,
      }
    case 'metadata': {
      const item = (body: string) => JSON.stringify(partialMetadata(JSON.parse(body)))
      return {
        id: 'metadata',
        one: item,
        listStart: (metadata) =>
          `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(metadata)},"items":[`,
        item,
        listEnd,
      }
    }
    case 'table': {
      const item = (body: string) => rowText(kind.columns, JSON.parse(body), now(), include)
      return {
        id: `table ${include}`,
        one(body) {
          const { metadata } = JSON.parse(body)
          return tableStart(kind.columns, { resourceVersion: metadata.resourceVersion }) + item(body) + tableEnd
        },
        listStart: (metadata) => tableStart(kind.columns, metadata),
        item,
        listEnd: tableEnd,
      }
    }
  }
}
