// Files as YAML; a text is parsed once.
import type { SourceFile } from './files.ts'
import { parseYaml, YamlError, type YamlFile } from './yaml.ts'

/** Parses files, and remembers what it has parsed as long as the text stays the same. */
export interface ParsedFiles {
  (file: SourceFile): YamlFile | YamlError | undefined
  /** Forgets the files that are not among these. */
  keepOnly(files: ReadonlySet<string>): void
}

/** An empty memory of parsed files. */
export function parsedFiles(): ParsedFiles {
  const known = new Map<string, { text: string; result: YamlFile | YamlError }>()
  const parse = (source: SourceFile) => {
    if (source.text === undefined) return undefined
    const before = known.get(source.file)
    if (before?.text === source.text) return before.result
    const result = parseOrError(source.text, source.file)
    known.set(source.file, { text: source.text, result })
    return result
  }
  return Object.assign(parse, {
    keepOnly: (files: ReadonlySet<string>) => {
      for (const file of known.keys()) if (!files.has(file)) known.delete(file)
    },
  })
}

function parseOrError(text: string, file: string): YamlFile | YamlError {
  try {
    return parseYaml(text, file)
  } catch (error) {
    if (error instanceof YamlError) return error
    throw error
  }
}
