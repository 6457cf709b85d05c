// Containers in namespaces of their own: real paths, a read-only machine, one PID namespace each. Skipped, loudly, where the kernel refuses.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { secrets } from '../../api/kubernetes.ts'
import { processTable } from './processes.ts'
import { namespacesHere, type Scene, scene, sh } from './testing/scene.ts'

const here = await namespacesHere()
if (here !== true) console.warn(`containers in namespaces are NOT tested: ${here}`)

describe.skipIf(here !== true)('in namespaces', () => {
  let it: Scene
  beforeEach(async () => {
    it = await scene({ namespaceIsolation: 'auto' })
  })
  afterEach(() => it.end())

  async function run(script: string, spec: Parameters<Scene['create']>[1] = {}, more = {}): Promise<string> {
    await it.create('p', { containers: [sh(script, more)], ...spec })
    await it.until('p', ({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed')
    return it.logs('p')
  }

  test('volumes are at their real paths, also where the machine has no such directory', async () => {
    const volumeMounts = [
      { name: 'logs', mountPath: '/logs' },
      { name: 'code', mountPath: '/home/prow/go' },
      { name: 'deep', mountPath: '/opt/never/was/there' },
      { name: 'logs', mountPath: '/home/prow/go/nested', subPath: 'sub' },
    ]
    const seen = await run(
      'echo a > /logs/a; echo b > /home/prow/go/b; echo c > /opt/never/was/there/c; echo d > /home/prow/go/nested/d; find /logs /home/prow/go /opt/never -type f | sort; cat /logs/sub/d',
      { volumes: ['logs', 'code', 'deep'].map((name) => ({ name, emptyDir: {} })) },
      { volumeMounts },
    )
    expect(seen.split('\n')).toEqual([
      '/home/prow/go/b',
      '/home/prow/go/nested/d',
      '/logs/a',
      '/logs/sub/d',
      '/opt/never/was/there/c',
      'd',
      '',
    ])
  })

  test('the machine is read-only, and so are secrets', async () => {
    await it.kube.create(secrets, { metadata: { namespace: 'ns', name: 's' }, data: { k: btoa('v') } })
    const places = ['/', '/usr', '/etc', '/opt', '/dev', '/sys', '/proc/sys/vm', '/secrets/s']
    const seen = await run(
      `for d in ${places.join(' ')}; do if touch $d/bowsprit-was-here 2>/dev/null; then echo "$d is open"; fi; done; mount -o remount,rw /usr 2>/dev/null && echo remounted; cat /secrets/s/k`,
      { volumes: [{ name: 's', secret: { secretName: 's' } }] },
      { volumeMounts: [{ name: 's', mountPath: '/secrets/s' }] },
    )
    expect(seen).toBe('v')
    expect(existsSync('/usr/bowsprit-was-here')).toBe(false)
  })

  test('temporary files and the home directory are its own', async () => {
    const theirs = await mkdtemp('/tmp/not-yours-')
    onTestFinished(() => rm(theirs, { recursive: true }))
    const seen = await run(
      `touch /tmp/mine-alone /var/tmp/x ~/x /dev/shm/x && echo > /dev/null && echo $HOME; pwd; ls -A ~; ls -d /tmp/mine* ${theirs} 2>&1`,
    )
    expect(seen).toMatch(/^\/home\/prow\n\/home\/prow\nx\n/)
    expect(seen).toContain('/tmp/mine-alone')
    expect(seen).toContain('No such file or directory')
    expect(existsSync('/tmp/mine-alone')).toBe(false)
  })

  test('the state of the node and what else is hidden cannot be seen', async () => {
    await it.end()
    it = await scene({ namespaceIsolation: 'auto', hidden: ['/usr/share'] })
    await writeFile(join(it.dataDir, 'token'), 'secret')
    expect(await run(`ls -A /usr/share; [ -e /usr/bin ] && ! [ -e ${it.dataDir}/token ] && echo hidden`)).toBe(
      'hidden\n',
    )
  })

  test('where the account keeps its keys, and files that are to be hidden, are empty', async () => {
    const home = await mkdtemp(join(tmpdir(), 'bowsprit-home-'))
    await mkdir(join(home, '.ssh'))
    for (const name of ['.ssh/id', '.netrc', 'webhook-secret', 'other']) await writeFile(join(home, name), name)
    await it.end()
    vi.stubEnv('HOME', home)
    it = await scene({ namespaceIsolation: 'auto', hidden: [join(home, 'webhook-secret')], visible: [home] })
    vi.unstubAllEnvs()
    expect(await run(`cd ${home}; ls .ssh; cat .netrc webhook-secret other`)).toBe('other')
    await rm(home, { recursive: true })
  })

  test.skipIf(process.getuid?.() !== 0)('root has no more rights than in an ordinary container', async () => {
    const bits = BigInt(`0x${(await run('grep CapBnd /proc/self/status')).split(/\s+/)[1]}`)
    const has = (bit: number) => (bits >> BigInt(bit)) & 1n
    const [chown, netAdmin, sysPtrace, sysAdmin, mknod, bpf, checkpointRestore] = [0, 12, 19, 21, 27, 39, 40]
    expect([netAdmin, sysPtrace, sysAdmin, mknod, bpf, checkpointRestore].map(has)).toEqual([0n, 0n, 0n, 0n, 0n, 0n])
    expect(has(chown)).toBe(1n)
  })

  test('a bucket on this machine can be written by the pod utilities and by nobody else', async () => {
    const bucket = await mkdtemp(join(tmpdir(), 'bowsprit-bucket-'))
    await it.end()
    const utilityCommand = () => ['/bin/sh', '-c', 'echo "$1" > "$2/$1"', 'sh']
    it = await scene({
      namespaceIsolation: 'auto',
      hidden: [bucket],
      utilityPaths: [join(bucket, 'results')],
      utilityCommand,
    })
    const results = join(bucket, 'results')
    await it.create('p', {
      containers: [
        { name: 'sidecar', image: 'sidecar', args: ['uploaded', results] },
        // Runs what the job says, so it counts as the job.
        { name: 'entrypoint', image: 'entrypoint', args: ['wrapped', results] },
        sh(`touch ${results}/job 2>/dev/null || echo refused`),
      ],
    })
    await it.phase('p', 'Failed')
    expect(await it.logs('p')).toBe('refused\n')
    expect(await readdir(results)).toEqual(['uploaded'])
    await rm(bucket, { recursive: true })
  })

  test('this program and Node.js can be seen, wherever they lie', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'bowsprit-visible-'))
    await writeFile(join(dir, 'source'), 'here')
    await it.end()
    it = await scene({ namespaceIsolation: 'auto', visible: [dir, join(process.execPath, '..')] })
    expect(await run(`cat ${dir}/source; ${process.execPath} -p 1+1; touch ${dir}/x 2>/dev/null || echo closed`)).toBe(
      'here2\nclosed\n',
    )
    await rm(dir, { recursive: true })
  })

  test('the command is process 1 and sees only its own', async () => {
    expect(await run('echo $$; ls /proc | grep -c "^[0-9]"')).toMatch(/^1\n[34]\n$/)
  })

  test('its end is the end of everything it started', async () => {
    await run('setsid sleep 98711 & sleep 98711 & echo')
    const lines = await Promise.all(
      (await processTable()).map(({ pid }) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    )
    expect(lines.filter((line) => line.includes('98711'))).toEqual([])
  })

  test('TERM goes to process 1, KILL to all when the grace period is over', async () => {
    await it.create('p', {
      containers: [sh('trap "echo asked" TERM; echo listening; sleep 98712 & while :; do sleep 0.01; done')],
    })
    await it.phase('p', 'Running')
    await it.eventually(async () => (await it.logs('p')) === 'listening\n')
    await it.clock.advance('1s')
    it.askDelete('p', 10)
    await it.eventually(async () => (await it.logs('p')) === 'listening\nasked\n')
    await it.clock.advance('10s')
    await it.untilGone('p')
  })

  test('the end of the command is told exactly', async () => {
    await it.create('p', { containers: [sh('exit 42'), sh('exec sleep 1000', { name: 'b' })] })
    await it.until('p', ({ status }) => status?.containerStatuses?.[0]?.state?.terminated !== undefined)
    it.askDelete('p', 0)
    await it.untilGone('p')
    const last = it.kube.writes.filter(({ verb, resource }) => verb === 'patch' && resource === 'pods').at(-1)
    expect(last?.body).toMatchObject({
      merge: {
        status: {
          containerStatuses: [
            { state: { terminated: { exitCode: 42, reason: 'Error' } } },
            { state: { terminated: { exitCode: 137, reason: 'Error' } } },
          ],
        },
      },
    })
  })

  test('a variable whose name no shell would hand on arrives', async () => {
    const env = [
      { name: 'odd.name', value: 'kept' },
      { name: 'plain', value: 'too' },
    ]
    await it.create('p', { containers: [{ name: 'test', image: 'x', command: ['env'], env }] })
    await it.phase('p', 'Succeeded')
    expect((await it.logs('p')).split('\n')).toEqual(expect.arrayContaining(['odd.name=kept', 'plain=too']))
  })

  test('variables that would change the set-up are for the command only', async () => {
    const env = [
      { name: 'LD_PRELOAD', value: '/no/such.so' },
      { name: 'LD_LIBRARY_PATH', value: '/no/such' },
      { name: 'LIBMOUNT_FSTAB', value: '/no/such' },
      { name: 'ENV', value: '/no/such' },
      { name: 'NODE_OPTIONS', value: '--require /no/such.js' },
    ]
    const seen = await run('env 2>/dev/null', {}, { env })
    expect(seen.split('\n')).toEqual(expect.arrayContaining(env.map(({ name, value }) => `${name}=${value}`)))
  })

  test('an environment that nobody reads any more harms nobody', async () => {
    const env = [
      { name: 'odd.name', value: 'x'.repeat(100_000) },
      { name: 'more', value: 'x'.repeat(100_000) },
    ]
    for (const name of ['a', 'b', 'c']) {
      await it.create(name, { containers: [sh('true', { name: 'test', env, workingDir: '/no/such/dir' })] })
      const pod = await it.phase(name, 'Failed')
      expect(pod.status?.containerStatuses?.[0]?.state?.terminated?.reason).toBe('StartError')
    }
  })

  test('a command or working directory that does not exist is told as such', async () => {
    await it.create('p', {
      containers: [
        { name: 'a', image: 'x', command: ['no-such-program'] },
        sh('true', { name: 'b', workingDir: '/no/such/dir' }),
      ],
    })
    const pod = await it.phase('p', 'Failed')
    const ends = pod.status?.containerStatuses?.map(({ state }) => state?.terminated)
    expect(ends?.[0]).toMatchObject({ reason: 'StartError', message: expect.stringContaining('not found in PATH') })
    expect(ends?.[1]).toMatchObject({ reason: 'StartError', message: expect.stringContaining('/no/such/dir') })
  })

  test('the termination message is written where the container expects it', async () => {
    await run('echo why > /dev/termination-log; exit 1')
    expect(it.pod('p').status?.containerStatuses?.[0]?.state?.terminated?.message).toBe('why\n')
  })

  test.skipIf(process.getuid?.() !== 0)('runAsUser is honoured when the node is root', async () => {
    expect(
      await run(
        'id -u; id -g; touch ~/x /tmp/x /v/x && echo can write',
        { securityContext: { runAsUser: 1234, runAsGroup: 4321 }, volumes: [{ name: 'v', emptyDir: {} }] },
        { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      ),
    ).toBe('1234\n4321\ncan write\n')
  })
})

// The user `nobody` stands for an ordinary one.
test.skipIf(here !== true || process.getuid?.() !== 0)('an ordinary user gets the same', async () => {
  const nobody = 65534
  const dir = await mkdtemp(join(tmpdir(), 'bowsprit-user-'))
  await chown(dir, nobody, nobody)
  const script = fileURLToPath(new URL('testing/probe-child.ts', import.meta.url))
  const child = spawn(process.execPath, [script, dir], { uid: nobody, gid: nobody, cwd: '/' })
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  await rm(dir, { recursive: true, force: true })
  const seen = output ? JSON.parse(output) : { refused: errors }
  // The kernel, or the rights of the checkout, may forbid it to an ordinary user.
  if ('refused' in seen) return console.warn(`namespaces of an ordinary user are NOT tested: ${seen.refused}`)
  expect(seen).toEqual({ privileged: false, output: '65534\nwritten\n', code: 5 })
})
