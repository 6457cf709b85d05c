// Which names may stand in plugins.yaml.
import { plugins } from '../../plugins/index.ts'
import { retired } from '../../plugins/retired.ts'
import type { Checking, Found } from './check.ts'

/** Plugins of upstream that are not built in yet. They change nothing, which is a note and no error. */
const absent: ReadonlySet<string> = new Set(['bugzilla', 'jira'])

/** What there is to say of a name: nobody knows it, it can do nothing any more, or it does nothing yet. */
type Kind = 'unknown' | 'retired' | 'absent'

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
  return absent.has(name)
    ? { kind: 'absent', message: `the plugin ${name} is not built in yet, so it does nothing` }
    : { kind: 'unknown', message: `${key} enables ${name}, which is no plugin` }
}
