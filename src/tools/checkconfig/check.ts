// What a check of checkconfig is: a name that people choose it by, and a function that finds what it is about.
import type { Snapshot, SourcePlace } from '../../config/types.ts'
import type { Path, YamlFile } from '../../config/yaml.ts'

/** Supplemental files, and the folders below which they lie. */
export interface Shards {
  readonly roots: readonly string[]
  readonly files: readonly YamlFile[]
}

/** What checks look at. */
export interface Checking extends Snapshot {
  readonly requiredAnnotations: readonly string[]
  /** The build clusters that there are; undefined when no file lists them. */
  readonly clusters?: ReadonlySet<string>
  /** Supplemental files of the main file and of plugins.yaml. */
  readonly shards: { readonly main: Shards; readonly plugins: Shards }
  /** Place of a value in the main file or in plugins.yaml. */
  place(file: 'main' | 'plugins', path: Path): SourcePlace | undefined
}

/** One thing that a check has found. */
export interface Found {
  readonly place: SourcePlace | undefined
  /** Name or path of the field. */
  readonly field: string
  readonly message: string
  readonly hint?: string
}

/** One check. */
export interface Check {
  /** Whether it runs without being asked for; optional ones run when they are named, and with --expensive-checks. */
  readonly set: 'default' | 'optional'
  /** Runs only when there is a plugins.yaml. */
  readonly needsPlugins?: true
  readonly find: (checking: Checking) => readonly Found[]
}
