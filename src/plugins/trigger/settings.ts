// The trigger section of plugins.yaml, as it applies to one repository.
import type { RepoRef } from '../../api/code-host.ts'
import type { PluginConfig, TriggerConfig } from '../../config/types.ts'
import { entryFor } from '../../hook/plugin.ts'

export type TriggerSettings = TriggerConfig

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
