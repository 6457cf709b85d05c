// OWNERS files for plugins that can do nothing without them.
import type { Owners } from '../../hook/plugin.ts'

/** @throws Error where the installation reads no OWNERS files. */
export function neededOwners(plugin: string, { owners }: { readonly owners?: Owners }): Owners {
  if (!owners) throw new Error(`${plugin} needs OWNERS files, which this installation does not read`)
  return owners
}
