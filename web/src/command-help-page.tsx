// The commands that people may write in comments: how, what for, and who may.
import { Fragment } from 'react'
import { type CommandEntry, fromHash, helpAddress, searchFor, worksIn } from './help.ts'
import { useHelp } from './help-data.ts'
import { domId, HelpFrame, useHelpView } from './help-frame.tsx'
import { StarIcon } from './icons.tsx'
import { PluginMarks } from './plugin-marks.tsx'
import { RichText } from './rich-text.tsx'
import { Link } from './router.tsx'

const path = '/command-help'

export function CommandHelpPage() {
  const view = useHelpView(path)
  const help = useHelp(view.repo)
  const here = help.commands.filter(({ plugin }) => worksIn(plugin, view.repo))
  const shown = here.filter(searchFor(view.q))
  const aimed = find(shown, view.aim)
  const missing =
    view.aim !== '' && help.query.data && !find(here, view.aim) ? find(help.commands, view.aim) : undefined
  const groups = [
    { title: 'Used most', commands: shown.filter(({ featured }) => featured) },
    { title: 'More', commands: shown.filter(({ featured }) => !featured) },
  ].filter(({ commands }) => commands.length > 0)
  return (
    <HelpFrame
      title="Command Help"
      lead="Write a command at the start of a line, in a comment on a pull request or an issue."
      noun="commands"
      view={view}
      help={help}
      aimed={aimed?.id}
      shown={shown.length}
      of={here.length}
    >
      {missing && (
        <p className="note help-note" role="status">
          <code>{missing.usage}</code> does not work in {view.repo}: its plugin {missing.plugin.name} is not enabled
          there. <Link to={helpAddress(path, {}, missing.id)}>Read about it nevertheless</Link>
        </p>
      )}
      {groups.map(({ title, commands }) => (
        <section key={title} className="entries">
          <h2>{title}</h2>
          {commands.map((command) => (
            <Command key={command.id} command={command} repo={view.repo} aimed={command === aimed} />
          ))}
        </section>
      ))}
    </HelpFrame>
  )
}

/** The command that an address means: itself, or the first of that name. */
function find(commands: readonly CommandEntry[], aim: string): CommandEntry | undefined {
  if (aim === '') return undefined
  return commands.find(({ id }) => id === aim) ?? commands.find(({ slug }) => slug === fromHash(aim))
}

function Command({ command, repo, aimed }: { command: CommandEntry; repo: string; aimed: boolean }) {
  const { id, usage, featured, description, examples, who, plugin } = command
  return (
    <article className="card entry command" id={domId(id)} tabIndex={-1} aria-current={aimed || undefined}>
      <div className="command-how">
        <h3>
          <Usage text={usage} />
          {featured && (
            <span className="featured" title="Featured">
              <StarIcon />
              <span className="hidden">featured</span>
            </span>
          )}
        </h3>
        {examples.length > 0 && (
          <ul className="examples" aria-label="Examples">
            {examples.map((example) => (
              <li key={example}>
                <RichText html={example} className="example" />
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="command-what">
        <RichText html={description} />
        <dl className="help-facts">
          {who !== '' && (
            <div>
              <dt>Who may</dt>
              <dd>
                <RichText html={who} />
              </dd>
            </div>
          )}
          <div>
            <dt>Plugin</dt>
            <dd className="marks">
              <Link to={helpAddress('/plugins', { repo }, plugin.id)}>{plugin.name}</Link>
              <PluginMarks plugin={plugin} />
            </dd>
          </div>
        </dl>
      </div>
      <Link
        to={helpAddress(path, { repo }, id)}
        className="anchor"
        aria-label={`Link to ${usage}`}
        title="Link to this command"
      >
        #
      </Link>
    </article>
  )
}

/** Long choices are broken after a |, rather than in the middle of a word. */
function Usage({ text }: { text: string }) {
  return (
    <code className="usage">
      {Array.from(text.matchAll(/[^|]*\|?/g), ({ 0: part, index }) => (
        <Fragment key={index}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </code>
  )
}
