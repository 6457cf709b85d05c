// How long from a comment to a running Pod, stage by stage, seen from outside: REST to the simulated GitHub, a watch on the API server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Pod, pods } from '../src/api/kubernetes.ts'
import { isComplete, prowJobs } from '../src/api/prowjob.ts'
import { type Installed, inFolder, openPulls, pause, repo, until, withInstallation } from './installation.ts'
import { progress, quantile, type Row, table } from './table.ts'

const rounds = 3
const plainPerRound = 20
const decoratedRuns = 7
const crowds = { small: 10, big: 100, runs: 2 }

const jobs = `
presubmits:
  harbor/lighthouse:
    - name: plain
      spec: {containers: [{image: host, command: [sh, -c, 'sleep 0.1']}]}
    - name: decorated
      decorate: true
      spec: {containers: [{image: host, command: [sh, -c, 'sleep 0.1']}]}
`

/** When something was seen for the first time, as performance.now() gives it. */
type Seen = Map<string, number>

/** Follows ProwJobs and Pods from now on. Keys: `job NAME`, `pod NAME`, `running NAME`, `CONTAINER start|end NAME`, `done NAME`. */
async function follow({ kube }: Installed, seen: Seen, made: (name: string, pull: number) => void) {
  const stop = new AbortController()
  const see = (key: string) => {
    if (!seen.has(key)) seen.set(key, performance.now())
  }
  const common = { namespace: 'default', signal: stop.signal }
  const { resourceVersion } = await kube.list(prowJobs, { namespace: 'default' })
  async function followJobs() {
    for await (const { type, object } of kube.watch(prowJobs, { ...common, resourceVersion })) {
      const { name = '' } = object.metadata
      if (type === 'ADDED') {
        see(`job ${name}`)
        made(name, object.spec.refs?.pulls?.[0]?.number ?? 0)
      }
      if (type === 'MODIFIED' && isComplete(object)) see(`done ${name}`)
    }
  }
  async function followPods() {
    for await (const { type, object } of kube.watch(pods, { ...common, resourceVersion })) {
      const { name = '' } = object.metadata ?? {}
      if (type === 'ADDED') see(`pod ${name}`)
      if (object.status?.phase === 'Running') see(`running ${name}`)
      for (const [container, state] of initStates(object)) see(`${container} ${state} ${name}`)
    }
  }
  const ended = Promise.all([followJobs(), followPods()])
  return {
    async stop() {
      stop.abort()
      await ended
    },
  }
}

const initStates = ({ status }: Pod) =>
  (status?.initContainerStatuses ?? []).flatMap(({ name, state }) => [
    ...(state?.running || state?.terminated ? [[name, 'start']] : []),
    ...(state?.terminated ? [[name, 'end']] : []),
  ])

interface Tracker {
  /** Comments, waits for the job's end, and tells when what was seen: milliseconds after the comment was sent. */
  one(pull: number, text: string): Promise<(key: string) => number>
  /** Comments on all of them at once; milliseconds until the last of their Pods was running. */
  all(pulls: readonly number[], text: string): Promise<number>
}

function tracker({ github }: Installed, seen: Seen, nameOf: Map<number, string>): Tracker {
  const comment = (pull: number, body: string) => github('POST', `${repo}/issues/${pull}/comments`, { body })
  return {
    async one(pull, text) {
      nameOf.delete(pull)
      const begin = performance.now()
      await comment(pull, text)
      const answered = performance.now()
      await until('the job to end', async () => seen.has(`done ${nameOf.get(pull)}`))
      const name = nameOf.get(pull)
      // The report on it, and what else follows.
      await pause(100)
      return (key) => (key === 'answered' ? answered : (seen.get(`${key} ${name}`) ?? Number.NaN)) - begin
    },
    async all(pulls, text) {
      for (const pull of pulls) nameOf.delete(pull)
      const begin = performance.now()
      await Promise.all(pulls.map((pull) => comment(pull, text)))
      await until('all jobs to end', async () => pulls.every((pull) => seen.has(`done ${nameOf.get(pull)}`)))
      await pause(500)
      return Math.max(...pulls.map((pull) => seen.get(`running ${nameOf.get(pull)}`) ?? Number.NaN)) - begin
    },
  }
}

/** What it costs to spawn a command and hear from it, without any of us. Milliseconds. */
async function rawSpawn(file: string, args: readonly string[], options: { cwd?: string } = {}): Promise<number> {
  const begin = performance.now()
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const took = performance.now() - begin
  child.kill()
  await once(child, 'exit')
  return took
}

/** What clonerefs has to do at least: the same git commands in one shell. */
const rawClone = (url: string, pull: number) =>
  inFolder((cwd) =>
    rawSpawn(
      'sh',
      [
        '-ec',
        `git init -q . 2>/dev/null
         git fetch -q ${url} main
         git checkout -q -B main FETCH_HEAD
         git fetch -q ${url} pull/${pull}/head
         git -c user.name=bench -c user.email=bench@localhost merge -q --no-ff -m merge FETCH_HEAD >/dev/null
         echo cloned`,
      ],
      { cwd },
    ),
  )

async function measure(installed: Installed): Promise<Row[]> {
  const { github, up } = installed
  progress(`opening ${crowds.big} pull requests`)
  const pulls = await openPulls(installed, crowds.big)
  const [first = 0] = pulls
  const seen: Seen = new Map()
  const nameOf = new Map<number, string>()
  const following = await follow(installed, seen, (name, pull) => nameOf.set(pull, name))
  const { one, all } = tracker(installed, seen, nameOf)
  await one(first, '/test plain')

  const perRound: ((key: string) => number)[][] = []
  const spawned: number[] = []
  for (let round = 1; round <= rounds; round++) {
    progress(`undecorated jobs, round ${round} of ${rounds}`)
    const runs: ((key: string) => number)[] = []
    for (let run = 0; run < plainPerRound; run++) {
      runs.push(await one(first, '/test plain'))
      spawned.push(await rawSpawn('sh', ['-c', 'echo; sleep 0.1']))
    }
    perRound.push(runs)
  }
  const stage = (what: string, from: string | undefined, to: string): Row => ({
    what: `  ${what}`,
    unit: 'ms',
    values: perRound.map((runs) =>
      quantile(
        runs.map((at) => at(to) - (from ? at(from) : 0)),
        0.5,
      ),
    ),
  })
  const total = (q: number) =>
    perRound.map((runs) =>
      quantile(
        runs.map((at) => at('running')),
        q,
      ),
    )
  const spawnMs = quantile(spawned, 0.5)

  const decorated: ((key: string) => number)[] = []
  const cloned: number[] = []
  const nodes: number[] = []
  const { clone_url: url } = await github<{ clone_url: string }>('GET', repo)
  for (let run = 1; run <= decoratedRuns; run++) {
    progress(`decorated jobs, ${run} of ${decoratedRuns}`)
    decorated.push(await one(first, '/test decorated'))
    cloned.push(await rawClone(url, first))
    nodes.push(await rawSpawn(process.execPath, ['-e', 'console.log()']))
  }
  const container = (name: string): Row => ({
    what: `  ${name}`,
    unit: 'ms',
    values: decorated.map((at) => at(`${name} end`) - at(`${name} start`)),
  })
  const decoratedMs = decorated.map((at) => at('running'))

  const crowd = { small: [] as number[], big: [] as number[] }
  for (let run = 1; run <= crowds.runs; run++) {
    progress(`many comments at once, run ${run} of ${crowds.runs}`)
    crowd.small.push(await all(pulls.slice(0, crowds.small), '/test plain'))
    crowd.big.push(await all(pulls, '/test plain'))
  }
  await following.stop()
  if (up.process.exitCode !== null) throw new Error(`up ended:\n${up.output()}`)

  return [
    {
      what: 'comment → Pod running, p50',
      unit: 'ms',
      values: total(0.5),
      aim: '< 250 ms',
      against: { name: 'spawn the command', values: spawned },
    },
    { what: 'comment → Pod running, p99', unit: 'ms', values: total(0.99) },
    { what: 'the part of the p50 that is ours', unit: 'ms', values: total(0.5).map((ms) => ms - spawnMs) },
    stage('comment → GitHub has answered', undefined, 'answered'),
    stage('comment → ProwJob', undefined, 'job'),
    stage('ProwJob → Pod', 'job', 'pod'),
    stage('Pod → running', 'pod', 'running'),
    {
      what: 'decorated job: comment → Pod running',
      unit: 'ms',
      values: decoratedMs,
      against: { name: 'its git commands in a shell', values: cloned },
    },
    {
      what: 'the part of it that is ours',
      unit: 'ms',
      values: decoratedMs.map((ms, run) => ms - (cloned[run] ?? 0) - spawnMs),
    },
    { ...container('clonerefs'), against: { name: 'its git commands in a shell', values: cloned } },
    { ...container('initupload'), against: { name: 'start of Node', values: nodes } },
    { ...container('place-entrypoint'), against: { name: 'start of Node', values: nodes } },
    {
      what: `${crowds.big} comments at once → all running`,
      unit: 'ms',
      values: crowd.big,
      against: { name: `${crowds.small} at once`, values: crowd.small },
    },
  ]
}

const flags = [`--max-pods=${2 * crowds.big}`]
console.log(table('From comment to Pod', await withInstallation({ jobs, flags }, measure)))
