// A repository whose pull requests name bugs, for tests of bugzilla.
import { Registry } from 'prom-client'
import { bugzillaClient } from '../../../bugzilla/bugzilla.ts'
import { memoryBugzilla } from '../../../bugzilla/testing/memory-bugzilla.ts'
import { testClock } from '../../../testing/clock.ts'
import { presubmit } from '../../../testing/config.ts'
import { scene } from '../../../testing/plugin-scene.ts'
import bugzilla from '../bugzilla.ts'
import type { Options } from '../state.ts'

export const here = 'https://bugs.example'
export const link = (bug: number) => `[Bugzilla bug ${bug}](${here}/show_bug.cgi?id=${bug})`
export const self = 'org/repo/pull/1'

/** A repository with these options, and a Bugzilla in which bug 1 is. */
export function town(options: Options = {}, ofBranches: Readonly<Record<string, Options>> = {}) {
  const clock = testClock()
  const memory = memoryBugzilla(clock.now)
  memory.file(1)
  const client = bugzillaClient({ endpoint: here, userAgent: 'x', fetch: memory.fetch, clock, metrics: new Registry() })
  const it = scene({
    with: [bugzilla],
    bugzilla: client,
    config: { presubmits: { 'org/other': [presubmit({ name: 'unit' })] } },
    plugins: { sections: { bugzilla: { default: { '*': options, ...ofBranches }, orgs: {} } } },
  })
  /** Waits also for what is asked of Bugzilla; gives what happened on the host, of comments only what is said. */
  const after = async (act: Promise<unknown>): Promise<string[]> => {
    await act
    await it.dispatch.settled()
    return it.host.take().map((effect) => effect.replace(/\n\n<details>\n\nIn response[\s\S]*/, ''))
  }
  return { ...it, memory, after }
}

export const title = 'Bug 1: mend the lamp'
export const says = (login: string, text: string) => `org/repo#1 comment: @${login}: ${text}`
