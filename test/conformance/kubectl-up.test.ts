// A running installation, as the real kubectl sees it: jobs that live, are looked at, and are ended by hand.
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type JobState, prowJobs } from '../../src/api/prowjob.ts'
import { startUp, type UpProcess } from '../../src/testing/up-process.ts'
import { kubectlIsThere, kubectlOf, rows } from './kubectl.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })
const isThere = await kubectlIsThere('test/conformance/kubectl-up.test.ts')

let up: UpProcess
let dataDir = ''
// A folder that jobs and tests share: what a job waits for, and what it leaves behind.
let gates = ''
const { run: kubectl, ok, follow } = kubectlOf(() => dataDir)

/** A ProwJob as somebody would write it by hand. The script finds the shared folder at $GATES. */
function prowJob(name: string, script: string, spec: object = {}, pod: object = {}) {
  const container = {
    name: 'test',
    image: 'host',
    command: ['sh', '-c', script],
    env: [{ name: 'GATES', value: '/gates' }],
    volumeMounts: [{ name: 'gates', mountPath: '/gates' }],
  }
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name, namespace: 'default' },
    spec: {
      type: 'periodic',
      agent: 'kubernetes',
      cluster: 'default',
      job: name,
      pod_spec: { containers: [container], volumes: [{ name: 'gates', hostPath: { path: gates } }], ...pod },
      ...spec,
    },
    status: { state: 'triggered', startTime: new Date().toISOString() },
  }
}

/** What makes a job a decorated one, when no configuration has a word in it. */
const decoration = () => ({
  decoration_config: {
    timeout: '1m',
    grace_period: '10s',
    utility_images: {
      clonerefs: 'bowsprit/clonerefs',
      initupload: 'bowsprit/initupload',
      entrypoint: 'bowsprit/entrypoint',
      sidecar: 'bowsprit/sidecar',
    },
    gcs_configuration: { bucket: `file://${dataDir}/bucket`, path_strategy: 'explicit' },
    skip_cloning: true,
  },
})

/** Waits in a script until the test opens a gate. */
const await_ = (gate: string) => `until [ -e $GATES/${gate} ]; do sleep 0.02; done`
const open = (gate: string) => writeFile(join(gates, gate), '')
const left = (name: string) => readFile(join(gates, name), 'utf8')

const reaches = (name: string, state: JobState) =>
  ok(`wait prowjob/${name} --for=jsonpath={.status.state}=${state} --timeout=60s`)
async function runs(name: string): Promise<void> {
  await reaches(name, 'pending')
  await ok(`wait pod/${name} --for=jsonpath={.status.phase}=Running --timeout=60s`)
}
/** Polls, because events are written a moment after what they tell of. */
async function shows(args: string, ...patterns: RegExp[]): Promise<void> {
  for (const pattern of patterns) await expect.poll(() => ok(args), { timeout: 30_000 }).toMatch(pattern)
}
const statusOf = async (name: string) => JSON.parse(await ok(`get prowjob ${name} -o json`)).status

describe.skipIf(!isThere)('kubectl and a running installation', () => {
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'bowsprit-kubectl-'))
    gates = await mkdtemp(join(tmpdir(), 'bowsprit-gates-'))
    up = await startUp(dataDir)
  })
  afterAll(async () => {
    await up?.stop()
    for (const dir of [dataDir, gates]) await rm(dir, { recursive: true, force: true })
  })

  test('finds its way around', async () => {
    expect(await ok('api-resources')).toMatch(/^prowjobs\s+pj\s+prow\.k8s\.io\/v1\s+true\s+ProwJob$/m)
    expect(await ok('auth can-i create prowjobs')).toBe('yes\n')
    const explained = await ok('explain prowjob.spec')
    expect(explained).toMatch(/cluster\s+<string>/)
    expect(explained).toContain('Build cluster: a context of the kubeconfig; empty is default.')
    expect(await ok('explain prowjob.status.state')).toContain('aborted')
    expect(await ok('get nodes')).toMatch(/^bowsprit\s+Ready/m)
    expect((await kubectl('top pods')).err).toContain('Metrics API not available')
  })

  test('get -w shows a job from triggered to success, get its columns, wide where the pod runs', async () => {
    const marked = (job: object, name: string) => ({
      ...job,
      metadata: { name, namespace: 'default', labels: { seen: 'yes' } },
    })
    const watch = follow('get prowjobs -w -l seen=yes')
    // Nothing runs without a state. When it is shown, the watch is there.
    await ok('create -f -', marked({ ...prowJob('', ''), status: undefined }, 'marker'))
    await watch.until(/^marker /)
    const followed = (async () => {
      const lines = await watch.until(/^seen .*success$/)
      const states = lines.filter((line) => line.startsWith('seen ')).map((line) => line.split(/\s+/).at(-1))
      return states.filter((state, index) => state !== states[index - 1])
    })()
    await ok('create -f -', marked(prowJob('seen', 'true'), 'seen'))
    expect(await followed).toEqual(['triggered', 'pending', 'success'])
    await watch.stop()
    const [header, row] = rows(await ok('get pj seen'))
    expect(header).toEqual([
      'NAME',
      'JOB',
      'BUILDID',
      'TYPE',
      'ORG',
      'REPO',
      'PULLS',
      'STARTTIME',
      'COMPLETIONTIME',
      'STATE',
    ])
    const age = expect.stringMatching(/^\d+s$/)
    expect(row).toEqual(['seen', 'seen', expect.stringMatching(/^\d{19}$/), 'periodic', age, age, 'success'])
    expect(rows(await ok('get pods seen -o wide'))[1]).toEqual([
      'seen',
      '0/1',
      'Completed',
      '0',
      age,
      '127.0.0.1',
      'bowsprit',
      '<none>',
      '<none>',
    ])
    expect(await ok('get pods -l prow.k8s.io/job=seen -o name')).toBe('pod/seen\n')
  })

  test('describe tells the story of a job and of its pod, with their events', async () => {
    await ok('create -f -', prowJob('told', 'exit 3'))
    await reaches('told', 'failure')
    const job = await ok('describe prowjob told')
    for (const part of [/Kind:\s+ProwJob/, /Description:\s+Job failed\./, /State:\s+failure/, /pod_name:\s+told/])
      expect(job).toMatch(part)
    await shows('describe pod told', /Normal\s+Scheduled\s+/, /Normal\s+Started\s+/)
    const pod = await ok('describe pod told')
    for (const part of [/Exit Code:\s+3/, /Node:\s+bowsprit\/127\.0\.0\.1/]) expect(pod).toMatch(part)
    expect(await ok('events --for pod/told')).toContain('Started container test')
    expect(await ok('get events --field-selector involvedObject.name=told')).toMatch(/Normal\s+Scheduled\s+pod\/told/)
  })

  test.each([
    ['undecorated', () => ({})],
    ['decorated', decoration],
  ])('logs -f shows the lines of a job as they come, and ends with it: %s', async (kind, spec) => {
    const name = `talks-${kind}`
    await ok('create -f -', prowJob(name, `echo one; ${await_(`${name}-on`)}; echo two; echo three`, spec()))
    await runs(name)
    const log = follow(`logs -f ${name} -c test`)
    await log.until(/^one$/)
    // Not before: the first line was here while the job still waited.
    await open(`${name}-on`)
    await log.until(/^three$/)
    expect(await log.line()).toBeUndefined()
    expect(await log.ended).toBe(0)
    await reaches(name, 'success')
    // After the end the whole log is there, too, and can be cut.
    expect(await ok(`logs ${name} -c test`)).toBe('one\ntwo\nthree\n')
    expect(await ok(`logs ${name} -c test --tail=1`)).toBe('three\n')
    expect(await ok(`logs ${name} -c test --timestamps --tail=1`)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z three\n$/)
    expect(await ok(`logs ${name} -c test --since=1h`)).toBe('one\ntwo\nthree\n')
    expect(await ok(`logs ${name} -c test --since-time=2999-01-01T00:00:00Z`)).toBe('')
    expect(await ok(`logs ${name} -c test --limit-bytes=3`)).toBe('one')
    if (kind === 'decorated') {
      expect(await ok(`logs ${name} -c sidecar`)).toMatch(/upload/i)
      expect(await ok(`logs ${name} -c initupload`)).toBeDefined()
      expect(await ok(`logs ${name} --all-containers --prefix`)).toContain(`[pod/${name}/test] one`)
    }
  })

  test('a decorated job that was written by hand leaves its results in the bucket', async () => {
    await ok('create -f -', prowJob('kept', 'echo result > $ARTIFACTS/result.txt', decoration()))
    await reaches('kept', 'success')
    const { build_id: build, url } = await statusOf('kept')
    const dir = join(dataDir, 'bucket/logs/kept', build)
    expect(await readFile(join(dir, 'artifacts/result.txt'), 'utf8')).toBe('result\n')
    expect(JSON.parse(await readFile(join(dir, 'finished.json'), 'utf8'))).toMatchObject({
      passed: true,
      result: 'SUCCESS',
    })
    expect(url).toContain(`${up.addresses.deck}/view/`)
  })

  test.each([
    ['client side', ''],
    ['server side', '--server-side'],
  ])('apply, %s: a job and the config map that it reads', async (side, flag) => {
    const name = `applied-${side.slice(0, 6)}`
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default' },
      data: { word: 'hello' },
    }
    expect(await ok(`apply ${flag} -f -`, map)).toContain(`configmap/${name} `)
    const job = prowJob(name, 'cat /words/word > $GATES/$JOB_NAME', {}, {})
    const [container] = job.spec.pod_spec.containers
    container?.volumeMounts.push({ name: 'words', mountPath: '/words' })
    const volumes: object[] = job.spec.pod_spec.volumes
    volumes.push({ name: 'words', configMap: { name } })
    expect(await ok(`apply ${flag} -f -`, job)).toContain(`prowjob.prow.k8s.io/${name} `)
    await reaches(name, 'success')
    expect(await left(name)).toBe('hello')
    // A file without status, applied over it, takes the status away. No harm is done to anything else.
    const { status: _, ...without } = job
    await ok(`apply ${flag} -f -`, without)
    await ok('create -f -', prowJob(`${name}-after`, 'true'))
    await reaches(`${name}-after`, 'success')
  })

  test('patches of every kind reach a job and its pod', async () => {
    await ok('create -f -', prowJob('patched', await_('patched-on')))
    await runs('patched')
    await ok(`patch prowjob patched --type merge -p '{"metadata":{"labels":{"by":"merge"}}}'`)
    await ok(`patch prowjob patched --type json -p '[{"op":"add","path":"/metadata/labels/also","value":"json"}]'`)
    expect((await kubectl(`patch prowjob patched -p '{"metadata":{"labels":{"by":"strategic"}}}'`)).err).toContain(
      'accepted media types include: application/json-patch+json, application/merge-patch+json',
    )
    await ok(`patch pod patched -p '{"metadata":{"labels":{"by":"strategic"}}}'`)
    await ok(`patch pod patched --type merge -p '{"metadata":{"labels":{"also":"merge"}}}'`)
    await ok(`patch pod patched --type json -p '[{"op":"add","path":"/metadata/labels/third","value":"json"}]'`)
    expect(await ok("get prowjob patched -o 'jsonpath={.metadata.labels.by} {.metadata.labels.also}'")).toBe(
      'merge json',
    )
    const labels = '{.metadata.labels.by} {.metadata.labels.also} {.metadata.labels.third}'
    expect(await ok(`get pod patched -o 'jsonpath=${labels}'`)).toBe('strategic merge json')
    const refused = await kubectl(`patch prowjob patched --type merge -p '{"status":{"state":"great"}}'`)
    expect(refused.err).toContain('status.state: Unsupported value: "great"')
    await open('patched-on')
    await reaches('patched', 'success')
  })

  const trap = (name: string) => `trap 'echo asked > $GATES/${name}-asked; exit 0' TERM; echo up; ${await_('never')}`

  test('an abort by patch ends the pod and completes the job', async () => {
    await ok('create -f -', prowJob('aborted', trap('aborted')))
    await runs('aborted')
    const log = follow('logs -f aborted')
    await log.until(/^up$/)
    await ok(`patch prowjob aborted --type merge -p '{"status":{"state":"aborted","description":"not needed"}}'`)
    await ok("wait prowjob/aborted '--for=jsonpath={.status.completionTime}' --timeout=60s")
    await ok('wait pod/aborted --for=delete --timeout=60s')
    expect(await left('aborted-asked')).toBe('asked\n')
    expect(await log.ended).toBe(0)
    expect(await statusOf('aborted')).toMatchObject({ state: 'aborted', description: 'not needed' })
  })

  test('delete pod gives a running job its time, and the job says that its pod was deleted', async () => {
    await ok(
      'create -f -',
      prowJob(
        'graceful',
        `trap '${await_('graceful-on')}; echo tidy > $GATES/graceful-left; exit 0' TERM; echo up; ${await_('never')}`,
      ),
    )
    await runs('graceful')
    const log = follow('logs -f graceful')
    await log.until(/^up$/)
    const deleting = kubectl('delete pod graceful --grace-period=20')
    await reaches('graceful', 'error')
    expect(rows(await ok('get pod graceful'))[1]?.[2]).toBe('Terminating')
    expect(existsSync(join(gates, 'graceful-left'))).toBe(false)
    await open('graceful-on')
    expect(await deleting).toMatchObject({ code: 0, out: expect.stringContaining('pod "graceful" deleted') })
    expect(await left('graceful-left')).toBe('tidy\n')
    expect(await statusOf('graceful')).toMatchObject({ state: 'error', description: 'Pod got deleted unexpectedly' })
    await shows('describe prowjob graceful', /Warning\s+JobError\s+.*Pod got deleted unexpectedly/)
    await log.stop()
  })

  test('a grace period that runs out is a kill', async () => {
    await ok('create -f -', prowJob('stubborn', `trap '' TERM; echo up; ${await_('never')}`))
    await runs('stubborn')
    const log = follow('logs -f stubborn')
    await log.until(/^up$/)
    const begin = performance.now()
    await ok('delete pod stubborn --grace-period=1')
    expect(performance.now() - begin).toBeGreaterThan(1000)
    await log.stop()
    await reaches('stubborn', 'error')
  })

  test('delete pod --force: the job gets a new pod, since nobody asked it to end', async () => {
    await ok('create -f -', prowJob('forced', `echo x >> $GATES/forced-runs; echo up; ${await_('forced-on')}`))
    await runs('forced')
    const log = follow('logs -f forced')
    await log.until(/^up$/)
    const { build_id: first } = await statusOf('forced')
    expect(await ok('delete pod forced --force')).toContain('force deleted')
    await log.stop()
    await ok('wait prowjob/forced --for=jsonpath={.status.pod_revival_count}=1 --timeout=60s')
    await open('forced-on')
    await reaches('forced', 'success')
    const { build_id: second } = await statusOf('forced')
    expect(second).not.toBe(first)
    expect(await left('forced-runs')).toBe('x\nx\n')
  })

  describe('a job that cannot run says why, in its description and in an event', () => {
    const spoilt: Record<string, () => object> = {
      'an unknown cluster': () => prowJob('lost', 'true', { cluster: 'moon' }),
      'no pod spec': () => prowJob('empty', 'true', { pod_spec: undefined }),
      'a pod that is not one': () => prowJob('wrong', 'true', {}, { volumes: [] }),
      'a secret that is missing': () =>
        prowJob('secretless', 'true', {}, { volumes: [{ name: 'gates', secret: { secretName: 'hidden' } }] }),
      'an environment from a missing config map': () => {
        const job = prowJob('mapless', 'true')
        Object.assign(job.spec.pod_spec.containers[0] ?? {}, { envFrom: [{ configMapRef: { name: 'absent' } }] })
        return job
      },
    }
    test.each([
      ['an unknown cluster', 'lost', 'error', 'no build client found for cluster "moon"', 'JobError'],
      ['no pod spec', 'empty', 'error', 'Pod can not be created: ', 'JobError'],
      ['a pod that is not one', 'wrong', 'error', 'Not found: "gates"', 'JobError'],
      [
        'a secret that is missing',
        'secretless',
        'pending',
        'Waiting for secret hidden, which does not exist',
        'MissingSecret',
      ],
      [
        'an environment from a missing config map',
        'mapless',
        'pending',
        'Waiting for config map absent',
        'MissingConfigMap',
      ],
    ])('%s', async (what, name, state, description, reason) => {
      const watch = follow(
        `get ${prowJobs.plural} -w -o 'jsonpath={.status.state}: {.status.description}{"\\n"}' --field-selector metadata.name=${name}`,
      )
      const told = watch.until(new RegExp(`^${state}: .*${description}`))
      const created = await ok('create -f - -o json', spoilt[what]?.())
      await told
      await watch.stop()
      const { metadata, status } = JSON.parse(await ok(`get prowjob ${name} -o json`))
      expect(status).toMatchObject({ state, description: expect.stringContaining(description) })
      await shows(`describe prowjob ${name}`, new RegExp(`Warning\\s+${reason}\\s+.*plank`))
      const selected = `involvedObject.kind=ProwJob,involvedObject.name=${name}`
      const [event] = JSON.parse(await ok(`get events -o json --field-selector ${selected}`)).items
      expect(event).toMatchObject({ reason, message: expect.stringContaining(description) })
      expect(event.involvedObject.uid).toBe(metadata.uid)
      // Whole seconds are all that these times have.
      const took = Date.parse(event.lastTimestamp) - Date.parse(JSON.parse(created).metadata.creationTimestamp)
      expect(took).toBeLessThanOrEqual(2000)
    })

    test('and goes on when what was missing is there', async () => {
      await ok('create secret generic hidden --from-literal=key=value')
      await reaches('secretless', 'success')
      await ok('create configmap absent --from-literal=A=b')
      await reaches('mapless', 'success')
    })
  })
})
