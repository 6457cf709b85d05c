// The plugins: what each does, when, where, and how it is configured.
import { type CommandEntry, configFor, helpAddress, type PluginEntry, searchFor, worksIn } from './help.ts'
import { useHelp } from './help-data.ts'
import { domId, HelpFrame, useHelpView } from './help-frame.tsx'
import { isDeprecated, PluginMarks } from './plugin-marks.tsx'
import { RichText } from './rich-text.tsx'
import { Link } from './router.tsx'

const path = '/plugins'
/** A list of more repositories is no longer read. */
const mostScopes = 30

export function PluginsPage() {
  const view = useHelpView(path)
  const help = useHelp(view.repo)
  const here = help.plugins.filter((plugin) => worksIn(plugin, view.repo))
  const shown = here.filter(searchFor(view.q))
  const aimed = shown.find(({ id }) => id === view.aim)
  const elsewhere = help.plugins.find(({ id }) => id === view.aim && !here.some((one) => one.id === id))
  return (
    <HelpFrame
      title="Plugins"
      lead="What the bot does by itself and which commands it listens to, one plugin at a time."
      noun="plugins"
      view={view}
      help={help}
      aimed={aimed?.id}
      shown={shown.length}
      of={here.length}
    >
      {elsewhere && (
        <p className="note help-note" role="status">
          The plugin {elsewhere.name} is not enabled in {view.repo}.{' '}
          <Link to={helpAddress(path, {}, elsewhere.id)}>Read about it nevertheless</Link>
        </p>
      )}
      <div className="entries">
        {shown.map((plugin) => (
          <Plugin
            key={plugin.id}
            plugin={plugin}
            commands={help.commands.filter((command) => command.plugin === plugin)}
            repo={view.repo}
            aimed={plugin === aimed}
          />
        ))}
      </div>
    </HelpFrame>
  )
}

function Plugin(props: { plugin: PluginEntry; commands: readonly CommandEntry[]; repo: string; aimed: boolean }) {
  const { plugin, commands, repo, aimed } = props
  const { id, name, help } = plugin
  return (
    <article
      className={isDeprecated(plugin) ? 'card entry plugin old' : 'card entry plugin'}
      id={domId(id)}
      tabIndex={-1}
      aria-current={aimed || undefined}
    >
      <h2 className="marks">
        {name}
        <PluginMarks plugin={plugin} />
      </h2>
      {help ? (
        <RichText html={help.Description} />
      ) : (
        <p className="muted">{plugin.external ? 'It did not tell hook what it does.' : 'hook has no help for it.'}</p>
      )}
      <Details plugin={plugin} commands={commands} repo={repo} />
      <Link
        to={helpAddress(path, { repo }, id)}
        className="anchor"
        aria-label={`Link to ${name}`}
        title="Link to this plugin"
      >
        #
      </Link>
    </article>
  )
}

function Details({ plugin, commands, repo }: { plugin: PluginEntry; commands: readonly CommandEntry[]; repo: string }) {
  const { help, scopes } = plugin
  const configs = configFor(help, repo)
  const events = help?.Events ?? []
  const perRepo = repo === '' && scopes.length > 0
  return (
    <details>
      <summary>
        Details<span className="hidden"> of {plugin.name}</span>
      </summary>
      <dl className="help-facts">
        <div>
          <dt>Commands</dt>
          <dd>
            {commands.length === 0 && <span className="muted">none</span>}
            <ul className="examples">
              {commands.map((command) => (
                <li key={command.id}>
                  <Link to={helpAddress('/command-help', { repo }, command.id)}>
                    <code>{command.usage}</code>
                  </Link>
                </li>
              ))}
            </ul>
          </dd>
        </div>
        <div>
          <dt>Events</dt>
          <dd>
            {events.length > 0 ? events.join(', ') : plugin.external ? 'all' : <span className="muted">none</span>}
          </dd>
        </div>
        <div>
          <dt>Configuration</dt>
          <dd>
            {configs.map((text) => (
              <RichText key={text} html={text} />
            ))}
            {configs.length === 0 && !perRepo && <span className="muted">none</span>}
            {perRepo && <p className="muted">Choose a repository to see what is configured for it.</p>}
          </dd>
        </div>
        <div>
          <dt>Enabled in</dt>
          <dd className="break">
            {scopes.length === 0 && <span className="muted">no repository</span>}
            {scopes.slice(0, mostScopes).join(', ')}
            {scopes.length > mostScopes && ` and ${scopes.length - mostScopes} more`}
          </dd>
        </div>
      </dl>
      {help?.Snippet && (
        <>
          <h3>How its settings look in plugins.yaml</h3>
          {/* A long line is scrolled to, also with the keyboard. */}
          <section className="snippet" aria-label={`Settings of ${plugin.name}`}>
            <pre>{help.Snippet.trimEnd()}</pre>
          </section>
        </>
      )}
    </details>
  )
}
