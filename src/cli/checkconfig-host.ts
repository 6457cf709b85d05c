// The checks of checkconfig that ask GitHub, as the flags describe it.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import type { Machine } from '../system/process.ts'
import type { HostCheck } from '../tools/checkconfig/checks.ts'
import { checkOnHost } from '../tools/checkconfig/host-checks.ts'
import { UsageError, type Values } from './flags.ts'
import { type githubFlags, openGitHub } from './groups.ts'

type Given = Parameters<typeof checkOnHost>[0]

/** Runs the checks. @throws UsageError without credentials, or an error of GitHub's */
export async function askHost(
  given: Given,
  names: readonly HostCheck[],
  flags: Values<typeof githubFlags>,
  machine: Machine,
): ReturnType<typeof checkOnHost> {
  const opening = {
    machine,
    clock: systemClock,
    ids: systemIds,
    log: pino({ level: 'error' }, machine.stderr),
    metrics: new Registry(),
  }
  const { host, clients, close } = openGitHub({ ...flags, 'dry-run': true }, 'checkconfig', opening)
  try {
    if (clients.kind === 'anonymous') throw new Error(`${names.join(', ')}: GitHub is asked, so a token is needed`)
    if (names.includes('validate-github-app-installation') && clients.kind !== 'app') {
      throw new UsageError('validate-github-app-installation needs --github-app-id and --github-app-private-key-path')
    }
    const installedIn = async () => {
      const { self } = clients
      const all = await self.paginate(self.rest.apps.listInstallations, { per_page: 100 })
      return new Set(all.flatMap(({ account }) => (account && 'login' in account ? [account.login] : [])))
    }
    const { repository, repositories, file } = host
    return await checkOnHost(given, names, { repository, repositories, file, installedIn })
  } finally {
    await close()
  }
}
