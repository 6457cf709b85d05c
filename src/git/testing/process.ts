// A program: opens git as another process would, and does what its arguments say until it is killed.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { systemClock } from '../../system/clock.ts'
import { systemIds } from '../../system/ids.ts'
import { openGit } from '../open.ts'

const [cacheDir = '', host = '', token = '', act, commit = ''] = process.argv.slice(2)
const git = openGit({
  cacheDir,
  host,
  scheme: 'http',
  token: async () => token,
  clock: systemClock,
  ids: systemIds,
  log: pino(pino.destination(2)),
  metrics: new Registry(),
})
const mirror = git.mirror({ org: 'org', repo: 'repo' })
if (act === 'ensure') await mirror.ensure([commit])
if (act === 'worktree') process.stdout.write((await mirror.worktree(commit)).dir)
setInterval(() => {}, 1000)
