// owners-label: puts labels on a pull request that OWNERS files name for the files it changes.
import { type ContextOf, plugin } from '../hook/plugin.ts'
import { neededOwners } from './shared/need-owners.ts'
import { takeAll } from './shared/steps.ts'

const name = 'owners-label'
const actions = ['opened', 'reopened', 'synchronize']

/** Labels to add, and those that the repository does not have, both in alphabetical order. Names are compared exactly. */
export function decideLabels(
  wanted: ReadonlySet<string>,
  there: readonly string[],
  known: readonly string[],
): { readonly add: readonly string[]; readonly unknown: readonly string[] } {
  const missing = [...wanted].filter((label) => !there.includes(label)).sort()
  return {
    add: missing.filter((label) => known.includes(label)),
    unknown: missing.filter((label) => !known.includes(label)),
  }
}

async function label({ event, pr, host, log, ...context }: ContextOf<'pull_request'>): Promise<void> {
  const owners = neededOwners(name, context)
  const [repo, files] = await Promise.all([owners.load(pr, event.pr.base.ref), pr.changedFiles()])
  const wanted = new Set(files.flatMap(({ filename }) => [...repo.labels(filename)]))
  if (wanted.size === 0) return
  const [there, known] = await Promise.all([pr.labels(), host.repoLabels(pr)])
  const { add, unknown } = decideLabels(
    wanted,
    there,
    known.map((one) => one.name),
  )
  if (unknown.length > 0) log.warn({ labels: unknown }, 'OWNERS files name labels that the repository does not have')
  await takeAll(add.map((one) => () => pr.setLabel(one, true)))
}

export default plugin({
  name,
  about:
    'Adds labels to a pull request by the files it changes: an OWNERS file may list labels that belong to its folder. Labels that the repository does not have are left out, and none is ever removed.',
  handlers: {
    async pull_request(context) {
      if (actions.includes(context.event.action)) await label(context)
    },
  },
})
