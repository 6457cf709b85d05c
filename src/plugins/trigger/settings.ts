// The trigger section of plugins.yaml, as it applies to one repository.
import type { RepoRef } from '../../api/code-host.ts'
import type { PluginConfig, TriggerConfig } from '../../config/types.ts'
import { entryFor } from '../../hook/plugin.ts'

/** How newcomers with some merged changes are invited to join. */
interface OrgInvite {
  readonly prominent?: {
    readonly disabled?: boolean
    /** Merged pull requests from which on the invitation stands out; 0 is always. Default 3. */
    readonly merged_pr_threshold?: number
    /** In place of the built-in text; `{join_org_url}` is replaced. */
    readonly message?: string
  }
}

export type TriggerSettings = TriggerConfig & { readonly org_invite?: OrgInvite }

const defaults: TriggerSettings = {
  repos: [],
  trusted_apps: [],
  trusted_org: '',
  join_org_url: '',
  only_org_members: false,
  ignore_ok_to_test: false,
  trigger_github_workflows: false,
}

export const settingsFor = ({ triggers }: PluginConfig, at: RepoRef): TriggerSettings =>
  entryFor(triggers, at) ?? defaults
