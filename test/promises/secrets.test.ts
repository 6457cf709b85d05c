// Promise: a secret is where it has to be and nowhere else: not in logs, pages, results, metrics, or on anybody's command line;
// and no process gets one in its environment that does not need it.
import { createHmac } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, test, vi } from 'vitest'
import { secrets } from '../../src/api/kubernetes.ts'
import { isComplete, prowJobs } from '../../src/api/prowjob.ts'
import { namespacesHere } from '../../src/engine/node/testing/scene.ts'
import { kubeOf } from '../../src/testing/kubeconfig.ts'
import { restOf, startUp, type UpProcess } from '../../src/testing/up-process.ts'

const isolated = await namespacesHere()
if (isolated !== true) console.warn(`that jobs cannot read the data directory is NOT tested: ${isolated}`)

/** What the job tries: everything that a job of a stranger would. It fails at its end, so that there is a comment, too. */
const curious = (dataDir: string) => `
env; echo; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'
git config --list; cat .git/config
${isolated === true ? `cat ${dataDir}/* ${dataDir}/*/* ${dataDir}/node/pods/*/volumes/*/* 2>/dev/null` : ''}
exit 1`

const jobsYaml = (dataDir: string) => `
presubmits:
  harbor/lighthouse:
    - name: curious
      always_run: true
      decorate: true
      decoration_config: {oauth_token_secret: {name: clone-token, key: token}}
      spec:
        containers: [{image: host, command: [sh, -c, ${JSON.stringify(curious(dataDir))}]}]
    - name: uses-a-secret
      always_run: true
      decorate: true
      decoration_config: {censor_secrets: true}
      spec:
        containers:
          - image: host
            command: [sh, -c, 'cat /etc/used/password; cp /etc/used/password "$ARTIFACTS/copy.txt"']
            volumeMounts: [{name: used, mountPath: /etc/used}]
        volumes: [{name: used, secret: {secretName: used}}]
`

test.skipIf(process.platform !== 'linux')(
  'secrets stay where they belong',
  { timeout: 120_000 },
  async ({ onTestFinished }) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'bowsprit-secrets-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    await mkdir(join(dataDir, 'config'))
    await writeFile(join(dataDir, 'config/jobs.yaml'), jobsYaml(dataDir))
    const canaries = {
      GITHUB_TOKEN: 'canary-of-the-bot',
      BOWSPRIT_HMAC_SECRET: 'canary-of-the-webhook',
      AWS_SECRET_ACCESS_KEY: 'canary-of-a-cloud',
      GIT_ASKPASS: '/canary-of-git',
    }
    for (const [name, value] of Object.entries(canaries)) vi.stubEnv(name, value)
    const up = await startUp(dataDir, ['--log-level=trace'])
    vi.unstubAllEnvs()
    onTestFinished(() => up.kill())
    const kube = await kubeOf(join(dataDir, 'kubeconfig'))
    const inVolumes = { token: 'canary-for-cloning', password: 'canary-for-a-job' }
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    await kube.create(secrets, {
      metadata: { name: 'clone-token', namespace: 'default' },
      data: { token: base64(inVolumes.token) },
    })
    await kube.create(secrets, {
      metadata: { name: 'used', namespace: 'default' },
      data: { password: base64(inVolumes.password) },
    })

    const kept = async (name: string) => (await readFile(join(dataDir, name), 'utf8')).trim()
    const key = await readFile(join(dataDir, 'tls', 'server.pem'), 'utf8').catch(() => '')
    const all: Record<string, string> = {
      ...canaries,
      ...inVolumes,
      ...Object.fromEntries(Object.entries(up.addresses.tokens).map(([login, token]) => [`token of ${login}`, token])),
      'token of the API': await kept('token'),
      'token of Deck': await kept('deck-token'),
      'secret of the webhook': await kept('hmac'),
      ...(key && { 'key of TLS': key.split('\n')[1] ?? '' }),
    }
    expect(Object.values(all).filter((secret) => secret.length < 8)).toEqual([])
    const found: string[] = []
    const look = (where: string, text: string, except: readonly string[] = []) => {
      for (const [name, secret] of Object.entries(all)) {
        if (text.includes(secret) && !except.includes(secret)) found.push(`${name} is in ${where}`)
      }
    }

    // Whoever is started meanwhile is looked at.
    let over = false
    const watching = (async () => {
      let processes = 0
      while (!over) {
        for (const { pid, cmdline, environ } of await descendants(up.process.pid ?? 0)) {
          processes++
          look(`the command line of ${pid}: ${cmdline}`, cmdline)
          // git gets the token that it clones with in this way, for the script that it asks.
          look(`the environment of ${pid}: ${cmdline}`, environ, /\bgit\b/.test(cmdline) ? [inVolumes.token] : [])
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return processes
    })()

    await provoke(up, all['secret of the webhook'] ?? '')
    const jobs = await until('two jobs to end', async () => {
      const { items } = await kube.list(prowJobs, { namespace: 'default' })
      return items.length >= 2 && items.every(isComplete) && items
    })
    const admin = { authorization: `Bearer ${all['token of Deck']}`, 'x-csrf-token': '1' }
    const again = await fetch(`${up.addresses.deck}/api/jobs/${jobs[0]?.metadata.name}/rerun`, {
      method: 'POST',
      headers: admin,
    })
    expect(again.status).toBe(200)
    const rest = restOf(up.addresses, 'alice')
    const comments = await until('the comment about failed tests', async () => {
      const list = await rest<{ body: string }[]>('GET', '/repos/harbor/lighthouse/issues/1/comments')
      return list.some(({ body }) => body.includes('<!-- test report -->')) && list
    })
    await until('the rerun to end', async () => {
      const { items } = await kube.list(prowJobs, { namespace: 'default' })
      return items.length >= 3 && items.every(isComplete)
    })
    over = true
    expect(await watching).toBeGreaterThan(10)

    look('comments', JSON.stringify(comments))
    for (const [what, url] of pages(
      up,
      jobs.map(({ metadata }) => metadata.name ?? ''),
    )) {
      const answer = await fetch(url)
      expect(answer.status, what).toBe(200)
      look(what, await answer.text())
    }
    expect(await up.stop()).toBe(0)
    // The welcome tells them to whoever has started it. After that, nothing does.
    const [, after = ''] = up.output().split('The life of a job')
    expect(after).toContain('curious')
    look('the output', after)

    const files = (await filesBelow(dataDir)).filter((file) => !belongsThere(relative(dataDir, file)))
    expect(files.map((file) => relative(dataDir, file))).toEqual(expect.arrayContaining(['bowsprit.log']))
    expect(files.filter((file) => file.endsWith('/build-log.txt')).length).toBeGreaterThanOrEqual(3)
    for (const file of files) {
      // What a container prints stays what it is on the node, as with a kubelet; what is uploaded is censored.
      const printed = /\/logs\/test\//.test(file) ? [inVolumes.password] : []
      look(relative(dataDir, file), await readFile(file, 'latin1'), printed)
    }
    expect([...new Set(found)].sort()).toEqual([])
  },
)

/** Where secrets are kept: databases, and the files that docs/running.md names. All of it is its owner's alone. */
const belongsThere = (file: string) =>
  /^(token|kubeconfig|hmac|deck-token|addresses\.json|[^/]*\.db(-\w+)?|simulator\/world\.db(-\w+)?|tls\/.*)$/.test(
    file,
  ) ||
  // Volumes of secrets, while their Pods are there.
  /^node\/pods\/[^/]+\/volumes\//.test(file)

const pages = ({ addresses }: UpProcess, jobs: readonly string[]): [string, string][] => [
  ...[
    '/',
    '/config',
    '/prowjobs.js',
    '/data.js',
    '/api/jobs',
    '/api/session',
    '/plugin-help.js',
    '/badge.svg?jobs=*',
  ].map((path): [string, string] => [`Deck's ${path}`, addresses.deck + path]),
  ...jobs.flatMap((job): [string, string][] => [
    [`Deck's page of ${job}`, `${addresses.deck}/api/jobs/${job}`],
    [`Deck's YAML of ${job}`, `${addresses.deck}/prowjob?prowjob=${job}`],
    [`Deck's rerun of ${job}`, `${addresses.deck}/rerun?prowjob=${job}`],
  ]),
  ['metrics', `${addresses.metrics}/metrics`],
  ["hook's help", `${addresses.hook}/plugin-help`],
  ["the simulator's first page", addresses.simulator],
  ["the simulator's pull request", `${addresses.simulator}/harbor/lighthouse/pull/1`],
]

/** Things that go wrong, and are logged with all that is known about them. */
async function provoke({ addresses }: UpProcess, secret: string): Promise<void> {
  const body = JSON.stringify({
    action: 'created',
    repository: { name: 'lighthouse', full_name: 'harbor/lighthouse', owner: { login: 'harbor' } },
    issue: { number: 999, state: 'open', pull_request: {}, user: { login: 'casey' } },
    comment: { id: 1, body: '/hold', user: { login: 'alice' }, html_url: 'http://x' },
  })
  const send = (signature: string) =>
    fetch(`${addresses.hook}/hook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'issue_comment',
        'x-github-delivery': `provoked-${signature.length}`,
        'x-hub-signature-256': signature,
      },
      body,
    })
  expect((await send(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)).status).toBe(200)
  expect((await send('sha256=00')).status).toBe(403)
  const wrong = { authorization: 'Bearer wrong-token' }
  expect((await fetch(`${addresses.simulator}/api/v3/user`, { headers: wrong })).status).toBe(401)
}

interface Descendant {
  readonly pid: number
  readonly cmdline: string
  readonly environ: string
}

async function descendants(of: number): Promise<Descendant[]> {
  const text = (path: string) => readFile(path, 'latin1').catch(() => '')
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = new Map<number, number>()
  for (const pid of pids) {
    const stat = await text(`/proc/${pid}/stat`)
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0))
  }
  // Between fork and exec a child looks like its parent.
  const own = await text(`/proc/${of}/cmdline`)
  const belongs = (pid: number | undefined): boolean =>
    pid === of || (pid !== undefined && pid > 1 && belongs(parents.get(pid)))
  const seen = await Promise.all(
    pids
      .filter((pid) => pid !== of && belongs(pid))
      .map(async (pid) => {
        const before = await text(`/proc/${pid}/cmdline`)
        const environ = await text(`/proc/${pid}/environ`)
        const after = await text(`/proc/${pid}/cmdline`)
        return { pid, cmdline: after.replaceAll('\0', ' '), environ, steady: before === after && after !== own }
      }),
  )
  return seen.filter(({ steady }) => steady)
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function until<T>(what: string, check: () => Promise<T | false>): Promise<T> {
  const give = performance.now() + 60_000
  for (;;) {
    const result = await check()
    if (result !== false) return result
    if (performance.now() > give) throw new Error(`waited a minute for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
