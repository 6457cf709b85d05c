// The configuration's fields as JSON Schema, for editors. Made of the same declarations that read the files.
import { inRepoFields, jobFileFields } from './jobs/file-fields.ts'
import type { JsonSchema, SchemaParts } from './schema-parts.ts'
import { mainFields } from './sections/main.ts'
import { pluginSections } from './sections/plugins/sections.ts'

/** Files of a configuration, by what they are called in most installations. */
export const schemaFiles = {
  'config.yaml': { fields: mainFields, title: 'Main configuration, with or without jobs' },
  jobs: { fields: jobFileFields.file, title: 'A file of jobs' },
  'plugins.yaml': { fields: pluginSections, title: 'Plugins' },
  '.prow.yaml': { fields: inRepoFields, title: 'Jobs that lie in the repository that they test' },
} as const

/**
 * JSON Schema (draft 2020-12) of one kind of file. It is stricter than loading in one way: what loading only warns of, such
 * as fields that nothing knows, does not fit.
 */
export function configSchema(file: keyof typeof schemaFiles = 'config.yaml'): JsonSchema {
  const parts: SchemaParts = new Map()
  const { fields, title } = schemaFiles[file]
  const schema = fields.schema(parts)
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...schema,
    ...(sorted.length > 0 && { $defs: Object.fromEntries(sorted) }),
  }
}
