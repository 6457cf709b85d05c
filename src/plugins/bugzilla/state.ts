// States of bugs: which bugs are in one, how people read it, and how a bug gets there.
import type { Bug, BugUpdate } from '../../bugzilla/bugzilla.ts'
import { bugzillaOptions } from '../../config/sections/plugins/bugzilla-options.ts'
import type { PluginConfig } from '../../config/types.ts'

/** Options for one branch. */
export type Options = ReturnType<typeof bugzillaOptions>

/** The settings, with empty ones where there are none. */
export const sectionOf = ({ sections }: PluginConfig) => ({ default: {}, orgs: {}, ...sections.bugzilla })

export const optionsFor = (plugins: PluginConfig, at: { org: string; repo: string }, branch: string): Options =>
  bugzillaOptions(sectionOf(plugins), at.org, at.repo, branch)

/** What is not set, or empty, may be anything. */
export type State = NonNullable<Options['state_after_merge']>

type BugState = Pick<Bug, 'status' | 'resolution'>

export const isInState = (bug: BugState, { status, resolution }: State): boolean =>
  (!status || status === bug.status) && (!resolution || resolution === bug.resolution)

export function shownState({ status, resolution }: State): string {
  if (!resolution) return status || 'any status'
  return status ? `${status} (${resolution})` : `any status with resolution ${resolution}`
}

/** With commas between them. */
export const shownStates = (states: readonly State[]): string => states.map(shownState).join(', ')

/** The change that brings a bug into a state; undefined when it is in that state. */
export function moveTo({ status, resolution }: State, bug: BugState): BugUpdate | undefined {
  const change = {
    ...(status && status !== bug.status && { status }),
    ...(resolution && resolution !== bug.resolution && { resolution }),
  }
  return Object.keys(change).length > 0 ? change : undefined
}

/** States in which a bug counts as known; undefined when any will do. */
export function validStates({ valid_states, state_after_validation: after }: Options): readonly State[] | undefined {
  if (!valid_states && !after) return undefined
  return [...(valid_states ?? []), ...(after ? [after] : [])]
}
