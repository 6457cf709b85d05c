// Writes down which webhooks an event leads to, in the same transaction as the event itself.
import { type Core, fullName, timestamp } from '../core.ts'
import { repoShape } from '../shapes/repos.ts'
import { nodeId } from '../shapes/shape.ts'
import { simpleOrg, simpleUser } from '../shapes/users.ts'
import type { Account, Hook, Installation, Repo } from '../state/records.ts'

export interface Occurrence {
  /** Name of the event, e.g. `issue_comment`. */
  readonly event: string
  readonly action?: string
  readonly repo?: Repo
  /** Login of the organization, for events that belong to no repository. */
  readonly org?: string
  readonly sender: Account
  /** What the event carries beside action, repository, organization, sender and installation. */
  readonly body: Readonly<Record<string, unknown>>
  /** Only this hook, whatever it listens for: for pings. */
  readonly onlyTo?: Hook
}

/** Puts one delivery per listening hook in line. Only inside `commit`. */
export function emit(core: Core, occurrence: Occurrence): void {
  const { event, action, repo, sender, body, onlyTo } = occurrence
  const owner = repo?.owner ?? occurrence.org
  const org = owner === undefined ? undefined : core.state.orgs.get(owner.toLowerCase())
  const guid = core.ids.uuid() // GitHub gives one event the same guid at each hook of different owners only by chance
  const hooks = onlyTo ? [{ hook: onlyTo }] : listeners(core, event, repo, owner)
  hooks.forEach(({ hook, installation }, index) => {
    const payload = {
      ...(action === undefined ? {} : { action }),
      ...body,
      ...(repo && !('repository' in body) ? { repository: repoShape(core, repo) } : {}),
      ...(org ? { organization: simpleOrg(core, org) } : {}),
      sender: simpleUser(core, sender),
      ...(installation
        ? { installation: { id: installation.id, node_id: nodeId('Installation', installation.id) } }
        : {}),
    }
    core.state.addDelivery({
      id: core.state.nextId(),
      hook: hook.id,
      guid: index === 0 ? guid : core.ids.uuid(),
      event,
      action: action ?? null,
      repo: repo?.id ?? null,
      installation: installation?.id ?? null,
      payload: JSON.stringify(payload),
      redelivery: 0,
      created_at: timestamp(core),
    })
  })
  core.log.debug({ event, action, repo: repo && fullName(repo), hooks: hooks.length }, 'event')
}

function listeners(core: Core, event: string, repo: Repo | undefined, owner: string | undefined) {
  const { state } = core
  const own = [
    ...(repo ? state.hooks.of(`repo:${repo.id}`) : []),
    ...(owner === undefined ? [] : state.hooks.of(`org:${owner.toLowerCase()}`)),
  ].map((hook): { hook: Hook; installation?: Installation } => ({ hook }))
  for (const app of state.apps.all()) {
    const installation = state.installations
      .of(app.id)
      .find(({ account }) => account.toLowerCase() === owner?.toLowerCase())
    if (installation) own.push(...state.hooks.of(`app:${app.id}`).map((hook) => ({ hook, installation })))
  }
  return own.filter(({ hook }) => hook.active && (hook.events.includes('*') || hook.events.includes(event)))
}
