// welcome: greets people who open their first pull request.
import type { RepoRef } from '../api/code-host.ts'
import { htmlEscaped } from '../config/templates/escapes.ts'
import { htmlTemplate } from '../config/templates/html.ts'
import { newcomerView } from '../config/templates/html-data.ts'
import type { PluginConfig } from '../config/types.ts'
import { entryFor, plugin } from '../hook/plugin.ts'
import { settingsFor } from './trigger/settings.ts'
import { trustOf } from './trigger/trust.ts'

const defaultTemplate = 'Welcome @{{.AuthorLogin}}! It looks like this is your first PR to {{.Org}}/{{.Repo}} 🎉'

function settingsOf({ sections }: PluginConfig, at: RepoRef): { template: string; always: boolean } {
  const { message_template = '', always_post = false } = entryFor(sections.welcome ?? [], at) ?? {}
  return { template: message_template || defaultTemplate, always: always_post }
}

/** The greeting. @throws TemplateError */
export const greeting = (template: string, { org, repo }: RepoRef, login: string): string =>
  // Webhooks do not tell how people are called.
  htmlTemplate(template).render(newcomerView({ org, repo, login, name: '' }))

export default plugin({
  name: 'welcome',
  about: 'Greets people who open their first pull request in a repository.',
  handlers: {
    async pull_request({ event, plugins, host, pr }) {
      const { action, pr: opened } = event
      if (action !== 'opened' || opened.user.type !== 'User') return
      const { template, always } = settingsOf(plugins, pr)
      if (!always) {
        if ((await trustOf(opened.user.login, pr, settingsFor(plugins, pr), host)).trusted) return
        const query = `is:pr repo:${pr.org}/${pr.repo} author:${opened.user.login}`
        if ((await host.searchIssues(pr.org, query, 2)).some((other) => other.number !== opened.number)) return
      }
      await pr.comment(greeting(template, pr, opened.user.login))
    },
  },
  help: (plugins, repos) => ({
    config: Object.fromEntries(
      repos.map((name) => {
        const [org = '', repo = ''] = name.split('/')
        const { template, always } = settingsOf(plugins, { org, repo })
        const who = always ? 'Everybody who opens a pull request' : 'Who opens a first pull request'
        return [name, `${who} is greeted with: ${htmlEscaped(template)}`]
      }),
    ),
    snippet: `welcome:
- repos:
  - my-org
  # A Go template of HTML; data: Org, Repo, AuthorLogin.
  message_template: 'Welcome @{{.AuthorLogin}}, and thank you.'
  # Not only newcomers are greeted.
  always_post: false
`,
  }),
})
