// Which names may stand in plugins.yaml.
import { plugins } from '../../plugins/index.ts'
import { retired } from '../../plugins/retired.ts'
import type { Checking, Found } from './check.ts'

/** What there is to say of a name: nobody knows it, or it can do nothing any more. */
type Kind = 'unknown' | 'retired'

/**
 * Names of enabled plugins about which there is something to say; each that is known only where it stands first.
 * @param own Names of plugins that the installation brings along.
 */
export function pluginNames(
  checking: Checking,
  own: readonly string[],
): Readonly<Partial<Record<Kind, readonly Found[]>>> {
  const seen = new Set<string>(own)
  const found = Object.entries(checking.plugins.plugins).flatMap(([key, { plugins: names }]) =>
    names.flatMap((name, index) => {
      if (seen.has(name)) return []
      const remark = remarkOn(name, key)
      if (remark?.kind !== 'unknown') seen.add(name)
      // The entry is a list in the older form of the section.
      const place = checking.place('plugins', ['plugins', key, 'plugins', index])
      return remark ? [{ ...remark, place, field: `plugins[${JSON.stringify(key)}]` }] : []
    }),
  )
  return Object.groupBy(found, ({ kind }) => kind)
}

function remarkOn(name: string, key: string): { kind: Kind; message: string } | undefined {
  if (Object.hasOwn(plugins, name)) return undefined
  if (Object.hasOwn(retired, name))
    return { kind: 'retired', message: `the plugin ${name} does nothing any more: ${retired[name]}` }
  return { kind: 'unknown', message: `${key} enables ${name}, which is no plugin` }
}
