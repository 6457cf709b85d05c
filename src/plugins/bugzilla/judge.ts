// Whether a bug is one that a pull request for this branch may be for, and why not.
import type { Bug } from '../../bugzilla/bugzilla.ts'
import { isInState, type Options, shownState, shownStates, validStates } from './state.ts'

/** What was found, in words for people. */
export interface Judgement {
  /** What is as it should be. */
  readonly fine: readonly string[]
  /** What is not. None: the bug is valid. */
  readonly wrong: readonly string[]
}

/** Whether the bugs that a bug depends on matter. */
export const asksForDependents = (options: Options): boolean =>
  options.dependent_bug_states !== undefined || options.dependent_bug_target_releases !== undefined

/**
 * @param dependents Bugs that this one depends on; only looked at when the options ask for them.
 * @param link How a bug is called.
 */
export function judge(
  bug: Bug,
  dependents: readonly Bug[],
  options: Options,
  link: (bug: number) => string,
): Judgement {
  const fine: string[] = []
  const wrong: string[] = []
  const check = (isFine: boolean, yes: string, no: string) => void (isFine ? fine.push(yes) : wrong.push(no))

  const { is_open, target_release } = options
  if (is_open !== undefined)
    check(
      bug.is_open === is_open,
      `bug ${is_open ? 'is' : "isn't"} open, matching expected state (${is_open ? 'open' : 'not open'})`,
      `expected the bug to ${is_open ? '' : 'not '}be open, but it ${is_open ? "isn't" : 'is'}`,
    )
  if (target_release !== undefined) {
    const [release] = bug.target_release
    const targets = `expected the bug to target the "${target_release}" release, but`
    check(
      release === target_release,
      `bug target release (${release}) matches configured target release for branch (${target_release})`,
      release === undefined ? `${targets} no target release was set` : `${targets} it targets "${release}" instead`,
    )
  }
  const valid = options.valid_states && validStates(options)
  if (valid)
    check(
      valid.some((state) => isInState(bug, state)),
      `bug is in the state ${shownState(bug)}, which is one of the valid states (${shownStates(valid)})`,
      `expected the bug to be in one of the following states: ${shownStates(valid)}, but it is ${shownState(bug)} instead`,
    )
  if (asksForDependents(options)) {
    for (const dependent of dependents) checkDependent(dependent, options, link, check)
    check(dependents.length > 0, 'bug has dependents', noDependents(link(bug.id), options))
  }
  return { fine, wrong }
}

function checkDependent(
  bug: Bug,
  { dependent_bug_states: states, dependent_bug_target_releases: releases }: Options,
  link: (bug: number) => string,
  check: (isFine: boolean, yes: string, no: string) => void,
): void {
  const name = link(bug.id)
  if (states)
    check(
      states.some((state) => isInState(bug, state)),
      `dependent bug ${name} is in the state ${shownState(bug)}, which is one of the valid states (${shownStates(states)})`,
      `expected dependent ${name} to be in one of the following states: ${shownStates(states)}, but it is ${shownState(bug)} instead`,
    )
  if (releases) {
    const [release] = bug.target_release
    const all = releases.join(', ')
    const targets = `expected dependent ${name} to target a release in ${all}, but`
    check(
      release !== undefined && releases.includes(release),
      `dependent ${name} targets the "${release}" release, which is one of the valid target releases: ${all}`,
      release === undefined ? `${targets} no target release was set` : `${targets} it targets "${release}" instead`,
    )
  }
}

function noDependents(
  name: string,
  { dependent_bug_states: states, dependent_bug_target_releases: releases }: Options,
): string {
  const wanted = [
    ...(releases ? [`targeting a release in ${releases.join(', ')}`] : []),
    ...(states ? [`in one of the following states: ${shownStates(states)}`] : []),
  ]
  return `expected ${name} to depend on a bug ${wanted.join(' and ')}, but no dependents were found`
}
