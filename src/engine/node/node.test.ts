// The node as users of the API see it: real processes on this machine, started, watched and ended.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { configMaps, events, type Pod, pods, secrets } from '../../api/kubernetes.ts'
import { processTable } from './processes.ts'
import { type Scene, scene, sh } from './testing/scene.ts'

let it: Scene
beforeEach(async () => {
  it = await scene()
})
afterEach(() => it.end())

const container = (pod: Pod, name = 'test') =>
  [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(
    (one) => one.name === name,
  )
const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((one) => one.type === type)
const reasons = () => it.kube.all(events).map(({ reason }) => reason)
const alive = async (pid: string) => (await processTable()).some((one) => one.pid === Number(pid))

describe('a pod without trouble', () => {
  test('runs to its end and says so as a kubelet does', async () => {
    await it.create('p', { containers: [sh('echo hello; echo wrong >&2')] })
    const pod = await it.phase('p', 'Succeeded')
    expect(pod.spec?.nodeName).toBe('bowsprit')
    expect(container(pod)).toMatchObject({
      ready: false,
      started: false,
      restartCount: 0,
      containerID: expect.stringMatching(/^process:\/\//),
      state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: expect.any(String) } },
    })
    expect(pod.status?.conditions?.map(({ type, status, reason = '' }) => `${type}=${status} ${reason}`)).toEqual([
      'PodReadyToStartContainers=False ',
      'Initialized=True PodCompleted',
      'Ready=False PodCompleted',
      'ContainersReady=False PodCompleted',
      'PodScheduled=True ',
    ])
    // Two streams, two pipes: only the order within each is certain.
    expect((await it.logs('p')).split('\n').sort()).toEqual(['', 'hello', 'wrong'])
    await it.eventually(() => reasons().includes('Started'))
    expect(reasons().sort()).toEqual(['Scheduled', 'Started'])
  })

  test('is running, with a start time, while its process runs', async () => {
    await it.create('p', { containers: [sh('echo up; exec sleep 1000')] })
    const pod = await it.phase('p', 'Running')
    expect(pod.status?.startTime).toBe('2026-01-02T03:04:05Z')
    expect(container(pod)).toMatchObject({ ready: true, started: true, state: { running: {} } })
    expect(condition(pod, 'Ready')?.status).toBe('True')
  })

  test('has the environment it declares, PATH and HOME, and nothing else', async () => {
    const env = [
      { name: 'A', value: 'a' },
      { name: 'B', value: '$(A)$(C)$$(A)' },
      { name: 'C', value: 'c' },
      { name: 'odd.name', value: 'kept' },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ]
    await it.create('p', { containers: [{ name: 'test', image: 'x', command: ['env'], env }] })
    await it.phase('p', 'Succeeded')
    const lines = (await it.logs('p')).trimEnd().split('\n')
    expect(lines.filter((line) => !/^(PATH|HOME|TMPDIR)=/.test(line)).sort()).toEqual(
      ['A=a', 'B=a$(C)$(A)', 'C=c', 'POD=p', 'odd.name=kept'].sort(),
    )
    expect(lines).toHaveLength(8)
  })

  test('expands variables in command and arguments', async () => {
    const env = [{ name: 'WHO', value: 'world' }]
    const args = ['hello $(WHO)', '$$(WHO) $(NOBODY)']
    await it.create('p', { containers: [{ name: 'test', image: 'x', command: ['echo'], args, env }] })
    await it.phase('p', 'Succeeded')
    expect(await it.logs('p')).toBe('hello world $(WHO) $(NOBODY)\n')
  })

  test('has its volumes at the directories that stand for their paths', async () => {
    await it.kube.create(configMaps, { metadata: { namespace: 'ns', name: 'cm' }, data: { a: 'from a map' } })
    await it.kube.create(secrets, { metadata: { namespace: 'ns', name: 's' }, data: { k: btoa('hidden') } })
    const volumeMounts = [
      { name: 'logs', mountPath: '/logs' },
      { name: 'cm', mountPath: '/etc/cm' },
      { name: 's', mountPath: '/secrets/s' },
      { name: 'down', mountPath: '/down' },
      { name: 'logs', mountPath: '/sub', subPath: 'deep/er' },
    ]
    await it.create('p', {
      initContainers: [sh('echo written > /logs/file; echo deep > /sub/file', { name: 'init', volumeMounts })],
      containers: [
        sh('cat /logs/file /logs/deep/er/file /etc/cm/renamed /secrets/s/k /down/name; stat -L -c %a /secrets/s/k', {
          volumeMounts,
          workingDir: '/logs',
        }),
      ],
      volumes: [
        { name: 'logs', emptyDir: {} },
        { name: 'cm', configMap: { name: 'cm', items: [{ key: 'a', path: 'renamed' }] } },
        { name: 's', secret: { secretName: 's', defaultMode: 0o400 } },
        { name: 'down', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
      ],
    })
    await it.phase('p', 'Succeeded')
    expect(await it.logs('p')).toBe('written\ndeep\nfrom a maphiddenp400\n')
  })

  test('is taken away with everything it left, when its object is', async () => {
    const { metadata } = await it.create('p', { containers: [sh('echo x')] })
    await it.phase('p', 'Succeeded')
    const dir = join(it.dataDir, 'node', 'pods', metadata?.uid ?? '')
    expect(existsSync(dir)).toBe(true)
    await it.kube.delete(pods, { namespace: 'ns', name: 'p' })
    await it.eventually(() => !existsSync(dir))
  })
})

describe('init containers', () => {
  test('run one after the other, before all the others', async () => {
    const volumeMounts = [{ name: 'v', mountPath: '/v' }]
    await it.create('p', {
      initContainers: [
        sh('sleep 0.05; echo one >> /v/order', { name: 'one', volumeMounts }),
        sh('echo two >> /v/order', { name: 'two', volumeMounts }),
      ],
      containers: [sh('cat /v/order', { volumeMounts })],
      volumes: [{ name: 'v', emptyDir: {} }],
    })
    await it.phase('p', 'Succeeded')
    expect(await it.logs('p')).toBe('one\ntwo\n')
  })

  test('one that fails fails the pod at once, and nothing after it starts', async () => {
    await it.create('p', {
      initContainers: [sh('exit 7', { name: 'bad' }), sh('echo never', { name: 'never' })],
      containers: [sh('echo never')],
    })
    const pod = await it.phase('p', 'Failed')
    expect(container(pod, 'bad')?.state?.terminated).toMatchObject({ exitCode: 7, reason: 'Error' })
    expect(container(pod, 'never')?.state?.waiting?.reason).toBe('PodInitializing')
    expect(container(pod)?.state?.waiting?.reason).toBe('PodInitializing')
    expect(condition(pod, 'Initialized')).toMatchObject({
      status: 'False',
      message: 'containers with incomplete status: [bad never]',
    })
    await expect(it.logs('p', 'never')).rejects.toMatchObject({ code: 400 })
  })

  test('a native sidecar runs beside the others and is ended after them', async () => {
    await it.create('p', {
      initContainers: [
        sh('trap "echo bye; exit 0" TERM; echo serving; while :; do sleep 0.01; done', {
          name: 'side',
          restartPolicy: 'Always',
        }),
      ],
      containers: [sh('sleep 0.1; echo done')],
    })
    const pod = await it.phase('p', 'Succeeded')
    expect(container(pod, 'side')?.state?.terminated?.exitCode).toBe(0)
    expect(await it.logs('p', 'side')).toBe('serving\nbye\n')
  })
})

describe('several containers', () => {
  test('start together and fail the pod if one fails', async () => {
    const volumeMounts = [{ name: 'v', mountPath: '/v' }]
    // Each waits for the other: started one after the other they would never end.
    const meet = (own: string, other: string, code: number) =>
      sh(`touch /v/${own}; until [ -e /v/${other} ]; do sleep 0.01; done; exit ${code}`, { name: own, volumeMounts })
    await it.create('p', {
      containers: [meet('a', 'b', 0), meet('b', 'a', 3)],
      volumes: [{ name: 'v', emptyDir: {} }],
    })
    const pod = await it.phase('p', 'Failed')
    expect(container(pod, 'a')?.state?.terminated?.exitCode).toBe(0)
    expect(container(pod, 'b')?.state?.terminated?.exitCode).toBe(3)
  })
})

describe('what is missing', () => {
  test('a secret for a variable: the container waits and says which; it starts when the secret is there', async () => {
    const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'late', key: 'token' } } }]
    await it.create('p', { containers: [sh('echo got $TOKEN', { env })] })
    const pod = await it.until('p', (one) => container(one)?.state?.waiting?.reason === 'CreateContainerConfigError')
    expect(container(pod)?.state?.waiting?.message).toBe('secret "late" not found')
    expect(pod.status?.phase).toBe('Pending')
    await it.eventually(() => reasons().includes('Failed'))

    await it.kube.create(secrets, { metadata: { namespace: 'ns', name: 'late' }, data: {} })
    await it.clock.advance('5s')
    await it.until('p', (one) => container(one)?.state?.waiting?.message !== 'secret "late" not found')
    expect(container(it.pod('p'))?.state?.waiting?.message).toBe("couldn't find key token in Secret ns/late")

    await it.kube.patch(secrets, { namespace: 'ns', name: 'late' }, { merge: { data: { token: btoa('it') } } })
    await it.clock.advance('5s')
    await it.phase('p', 'Succeeded')
    expect(await it.logs('p')).toBe('got it\n')
  })

  test('a config map for a volume: the pod waits with an event, and goes on when it is there', async () => {
    await it.create('p', {
      containers: [sh('cat /cm/a', { volumeMounts: [{ name: 'cm', mountPath: '/cm' }] })],
      volumes: [{ name: 'cm', configMap: { name: 'late' } }],
    })
    await it.eventually(() => reasons().includes('FailedMount'))
    const waiting = () => container(it.pod('p'))?.state?.waiting
    await it.eventually(() => waiting()?.message !== undefined)
    expect(waiting()).toEqual({
      reason: 'ContainerCreating',
      message: 'MountVolume.SetUp failed for volume "cm" : configmap "late" not found',
    })
    await it.kube.create(configMaps, { metadata: { namespace: 'ns', name: 'late' }, data: { a: 'here' } })
    await it.clock.advance('1s')
    await it.phase('p', 'Succeeded')
    expect(await it.logs('p')).toBe('here')
  })

  test('an image that needs its own entrypoint is refused in clear words', async () => {
    await it.create('p', { containers: [{ name: 'test', image: 'registry/golang:1.25' }] })
    const pod = await it.phase('p', 'Failed')
    expect(container(pod)?.state?.terminated).toMatchObject({
      exitCode: 128,
      reason: 'CreateContainerError',
      message:
        'image registry/golang:1.25 has an entrypoint of its own, which the process runtime cannot run; set command',
    })
  })

  test('a pod utility image runs the utility', async () => {
    await it.create('p', {
      containers: [{ name: 'test', image: 'gcr.io/k8s-prow/sidecar:v1@sha256:00', args: ['-x'] }],
    })
    await it.phase('p', 'Succeeded')
    expect(await it.logs('p')).toBe('utility sidecar -x\n')
  })

  test('copying the entrypoint goes to the volume, also where nobody says so', async () => {
    await it.create('p', {
      containers: [
        {
          name: 'test',
          image: 'entrypoint:v1',
          args: ['--copy-mode-only'],
          volumeMounts: [{ name: 'tools', mountPath: '/tools' }],
        },
      ],
      volumes: [{ name: 'tools', emptyDir: {} }],
    })
    await it.phase('p', 'Succeeded')
    expect(await it.logs('p')).toMatch(
      /^utility entrypoint --copy-mode-only --copy-destination=\/.*\/volumes\/tools\/entrypoint\n$/,
    )
  })

  test('a command that does not exist', async () => {
    await it.create('p', { containers: [{ name: 'test', image: 'x', command: ['no-such-program'] }] })
    const pod = await it.phase('p', 'Failed')
    expect(container(pod)?.state?.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: 'exec: "no-such-program": executable file not found in PATH',
    })
  })
})

describe('the end of a container', () => {
  test('by a signal counts 128 and its number', async () => {
    await it.create('p', { containers: [sh('kill -9 $$')] })
    const pod = await it.phase('p', 'Failed')
    expect(container(pod)?.state?.terminated).toMatchObject({ exitCode: 137, signal: 9, reason: 'Error' })
  })

  test('takes along everything that the container started, even what has left its session', async () => {
    await it.create('p', { containers: [sh('sleep 1000 & echo $!; setsid sleep 1000 & sleep 0.05; echo $!')] })
    await it.phase('p', 'Succeeded')
    const [, ...pids] = (await it.logs('p')).trim().split('\n')
    for (const pid of pids) expect(await alive(pid)).toBe(false)
  })

  test('has the message that the container left, or the end of its log', async () => {
    const policy = { terminationMessagePolicy: 'FallbackToLogsOnError' }
    await it.create('p', {
      containers: [
        sh('echo because > /message; exit 1', { name: 'file', terminationMessagePath: '/message', ...policy }),
        sh('echo first; echo last; exit 1', { name: 'log', ...policy }),
        sh('echo all well', { name: 'fine', ...policy }),
      ],
    })
    const pod = await it.phase('p', 'Failed')
    expect(container(pod, 'file')?.state?.terminated?.message).toBe('because\n')
    expect(container(pod, 'log')?.state?.terminated?.message).toBe('first\nlast\n')
    expect(container(pod, 'fine')?.state?.terminated?.message).toBeUndefined()
  })
})

describe('restarts', () => {
  test('OnFailure starts again with a growing back-off, and is done at the first success', async () => {
    const volumeMounts = [{ name: 'v', mountPath: '/v' }]
    await it.create('p', {
      restartPolicy: 'OnFailure',
      containers: [sh('echo x >> /v/n; echo try; [ $(wc -l < /v/n) -ge 3 ]', { volumeMounts })],
      volumes: [{ name: 'v', emptyDir: {} }],
    })
    // The first restart comes at once, the second after ten seconds.
    const pod = await it.until('p', (one) => container(one)?.state?.waiting?.reason === 'CrashLoopBackOff')
    expect(pod.status?.phase).toBe('Running')
    expect(container(pod)).toMatchObject({
      restartCount: 1,
      state: { waiting: { message: expect.stringMatching(/^back-off 10s restarting failed container=test pod=p_ns/) } },
      lastState: { terminated: { exitCode: 1 } },
    })
    await it.clock.advance('9s')
    expect(container(it.pod('p'))?.restartCount).toBe(1)
    await it.clock.advance('1s')
    const over = await it.phase('p', 'Succeeded')
    expect(container(over)).toMatchObject({ restartCount: 2, lastState: { terminated: { exitCode: 1 } } })
    await it.eventually(() => reasons().includes('BackOff'))
    expect(await it.logs('p')).toBe('try\n')
    expect(await it.logs('p', 'test', { previous: true })).toBe('try\n')
  })
})

describe('deletion', () => {
  test('asks the container to end and lets the object go when it has', async () => {
    await it.create('p', { containers: [sh('trap "exit 0" TERM; echo up; while :; do sleep 0.01; done')] })
    await it.phase('p', 'Running')
    await it.eventually(async () => (await it.logs('p')) === 'up\n')
    it.askDelete('p', 30)
    await it.untilGone('p')
    const last = it.kube.writes.filter(({ verb, resource }) => verb === 'patch' && resource === 'pods').at(-1)
    expect(last?.body).toMatchObject({ merge: { status: { phase: 'Succeeded' } } })
    await it.eventually(() => reasons().includes('Killing'))
    await it.eventually(() => readdirSync(join(it.dataDir, 'node', 'pods')).length === 0)
  })

  test('kills what does not end within its grace period, with its descendants', async () => {
    await it.create('p', { containers: [sh('trap "" TERM; sleep 1000 & echo $! $$; while :; do sleep 0.01; done')] })
    await it.phase('p', 'Running')
    await it.eventually(async () => (await it.logs('p')) !== '')
    const pids = (await it.logs('p')).trim().split(' ')
    it.askDelete('p', 10)
    await it.eventually(() => reasons().includes('Killing'))
    await it.clock.advance('9s')
    for (const pid of pids) expect(await alive(pid)).toBe(true)
    await it.clock.advance('1s')
    await it.untilGone('p')
    for (const pid of pids) expect(await alive(pid)).toBe(false)
  })

  test('leaves the object to its finalizers, with its final status', async () => {
    await it.create('p', { containers: [sh('exec sleep 1000')] }, { metadata: { finalizers: ['x/y'] } })
    await it.phase('p', 'Running')
    it.askDelete('p', 5)
    const pod = await it.phase('p', 'Failed')
    expect(container(pod)?.state?.terminated).toMatchObject({ exitCode: 143, signal: 15 })
    it.kube.change(pods, { namespace: 'ns', name: 'p' }, (one) => Object.assign(one.metadata ?? {}, { finalizers: [] }))
    await it.untilGone('p')
  })

  test('by force ends the processes of an object that is not there any more', async () => {
    await it.create('p', { containers: [sh('trap "" TERM; echo $$; while :; do sleep 0.01; done')] })
    await it.eventually(async () => it.pod('p').status?.phase === 'Running' && (await it.logs('p')) !== '')
    const pid = (await it.logs('p')).trim()
    await it.kube.delete(pods, { namespace: 'ns', name: 'p' })
    await it.eventually(async () => {
      await it.clock.advance('1s')
      return !(await alive(pid))
    })
    await it.eventually(() => readdirSync(join(it.dataDir, 'node', 'pods')).length === 0)
  })
})

test('stopping the node ends its processes; the pod fails at the next start, so that it is started anew', async () => {
  await it.create('p', { containers: [sh('trap "" TERM; sleep 1000 & echo $! $$; while :; do sleep 0.01; done')] })
  await it.eventually(async () => it.pod('p').status?.phase === 'Running' && (await it.logs('p')) !== '')
  const pids = (await it.logs('p')).trim().split(' ')
  await it.stop()
  for (const pid of pids) expect(await alive(pid)).toBe(false)
  // Whatever the exit code was, it was not the job's.
  expect(it.pod('p').status?.phase).toBe('Running')
  await it.restart()
  expect((await it.phase('p', 'Failed')).status?.reason).toBe('Evicted')
  expect(await it.logs('p')).toContain(pids[0])
})

test('activeDeadlineSeconds ends a pod that takes longer', async () => {
  await it.create('p', { activeDeadlineSeconds: 60, containers: [sh('exec sleep 1000')] })
  await it.phase('p', 'Running')
  await it.clock.advance('59s')
  expect(it.pod('p').status?.phase).toBe('Running')
  await it.clock.advance('1s')
  const pod = await it.phase('p', 'Failed')
  expect(pod.status).toMatchObject({
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  })
})

test('the node object tells what the machine has, and keeps saying that it is alive', async () => {
  const node = () => it.kube.all({ group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false })[0]
  await it.eventually(() => node() !== undefined)
  expect(node()).toMatchObject({ metadata: { name: 'bowsprit' }, status: { allocatable: { cpu: expect.any(String) } } })
  await it.clock.advance('10s')
  await it.eventually(() => JSON.stringify(node()).includes('"lastHeartbeatTime":"2026-01-02T03:04:15Z"'))
})

describe('room', () => {
  beforeEach(async () => {
    await it.end()
    it = await scene({ capacity: { cpu: 1, memory: 2 ** 30, pods: 10 } })
  })
  const half = { resources: { requests: { cpu: '600m' } } }

  test('who does not fit waits, is told why and where, and starts as soon as there is room', async () => {
    await it.create('a', { containers: [sh('trap "exit 0" TERM; while :; do sleep 0.01; done', half)] })
    await it.phase('a', 'Running')
    await it.clock.advance('1s')
    await it.create('b', { containers: [sh('echo b', half)] })
    await it.clock.advance('1s')
    await it.create('c', { containers: [sh('echo c')] })
    const b = await it.until('b', (pod) => condition(pod, 'PodScheduled') !== undefined)
    expect(b.spec?.nodeName).toBeUndefined()
    expect(b.status?.startTime).toBeUndefined()
    expect(condition(b, 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message: '0/1 nodes are available: 1 Insufficient cpu (asks for 600m, 400m of 1 free). Next in the queue.',
    })
    // It would fit, but nobody overtakes.
    const c = await it.until('c', (pod) => condition(pod, 'PodScheduled') !== undefined)
    expect(condition(c, 'PodScheduled')?.message).toContain('1 pod is ahead in the queue')
    it.askDelete('a', 30)
    await it.phase('b', 'Succeeded')
    await it.phase('c', 'Succeeded')
    expect(condition(it.pod('b'), 'PodScheduled')?.status).toBe('True')
  })

  test('who can never fit says so and does not hold up the others', async () => {
    await it.create('big', { containers: [sh('echo big', { resources: { requests: { memory: '4Gi' } } })] })
    await it.clock.advance('1s')
    await it.create('small', { containers: [sh('echo small')] })
    await it.phase('small', 'Succeeded')
    expect(condition(it.pod('big'), 'PodScheduled')?.message).toBe(
      '0/1 nodes are available: 1 Insufficient memory (asks for 4Gi, 1Gi of 1Gi free). The node is too small for this pod.',
    )
  })

  test('a pod that waits can be deleted', async () => {
    await it.create('big', { containers: [sh('echo big', { resources: { requests: { memory: '4Gi' } } })] })
    await it.until('big', (pod) => condition(pod, 'PodScheduled') !== undefined)
    it.askDelete('big', 30)
    await it.untilGone('big')
  })
})
