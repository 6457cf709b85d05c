// Webhooks of repositories, organizations and apps.
import { type Core, timestamp } from '../core.ts'
import { invalid } from '../errors.ts'
import { anyHook } from '../shapes/repos.ts'
import type { Account, Hook, Repo } from '../state/records.ts'
import { emit } from '../webhooks/emit.ts'

export interface HookFields {
  readonly url?: string
  readonly content_type?: string
  readonly insecure_ssl?: string
  readonly secret?: string
  readonly events?: readonly string[]
  readonly active?: boolean
}

/** What a hook belongs to. */
export interface HookOwner {
  /** `org:<login>`, `repo:<id>` or `app:<id>`. */
  readonly of: string
  readonly repo?: Repo
  readonly org?: string
}

/** Makes a hook and pings it. */
export function createHook(core: Core, owner: HookOwner, by: Account, fields: HookFields): Hook {
  const { url = '' } = fields
  if (!/^https?:\/\//.test(url))
    throw invalid({ resource: 'Hook', code: 'custom', field: 'url', message: 'url must be http or https' })
  const same = core.state.hooks.of(owner.of.toLowerCase()).find((hook) => hook.url === url)
  if (same)
    throw invalid({
      resource: 'Hook',
      code: 'custom',
      message: `Hook already exists on this ${owner.org ? 'organization' : 'repository'}`,
    })
  return core.state.commit(() => {
    const now = timestamp(core)
    const hook = core.state.hooks.put({
      id: core.state.nextId(),
      of: owner.of,
      url,
      content_type: fields.content_type ?? 'form',
      insecure_ssl: fields.insecure_ssl ?? '0',
      secret: fields.secret ?? '',
      events: [...(fields.events ?? ['push'])],
      active: fields.active ?? true,
      created_at: now,
      updated_at: now,
    })
    if (hook.active) ping(core, owner, by, hook)
    return hook
  })
}

/** Sends a ping. Only inside `commit`. */
export function ping(core: Core, owner: HookOwner, by: Account, hook: Hook): void {
  emit(core, {
    event: 'ping',
    ...(owner.repo ? { repo: owner.repo } : {}),
    ...(owner.org === undefined ? {} : { org: owner.org }),
    sender: by,
    body: { zen: 'Practicality beats purity.', hook_id: hook.id, hook: anyHook(core, hook) },
    onlyTo: hook,
  })
}

export function editHook(
  core: Core,
  hook: Hook,
  fields: HookFields & { add_events?: readonly string[]; remove_events?: readonly string[] },
): Hook {
  const { add_events: added = [], remove_events: removed = [], events = hook.events, ...rest } = fields
  const wanted = [...new Set([...events, ...added])].filter((event) => !removed.includes(event))
  return core.state.commit(() =>
    core.state.hooks.put({ ...hook, ...rest, events: wanted, updated_at: timestamp(core) }),
  )
}

export function deleteHook(core: Core, hook: Hook): void {
  core.state.commit(() => core.state.hooks.delete(hook.id))
}
