// Marks of a plugin that people should notice: external, deprecated, enabled nowhere.
import type { PluginEntry } from './help.ts'

export const isDeprecated = ({ help }: PluginEntry): boolean => /deprecated!/i.test(help?.Description ?? '')

export function PluginMarks({ plugin }: { plugin: PluginEntry }) {
  return (
    <>
      {plugin.external && (
        <span className="mark" title="A program of its own, to which hook forwards events">
          external
        </span>
      )}
      {isDeprecated(plugin) && <span className="mark mark-old">deprecated</span>}
      {plugin.scopes.length === 0 && (
        <span className="mark mark-off" title="hook knows it, and no repository has it">
          not enabled anywhere
        </span>
      )}
    </>
  )
}
