// The embedded API server, as the real kubectl sees it.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  configMap,
  job,
  jobDefinition,
  pod,
  startTestServer,
  type TestServer,
} from '../../src/engine/apiserver/test-server.ts'
import { kubectlIsThere, kubectlOf, rows } from './kubectl.ts'

const isThere = await kubectlIsThere('test/conformance/kubectl.test.ts')

let at: TestServer
const { run: kubectl, ok, follow } = kubectlOf(() => at.dataDir)

describe.skipIf(!isThere)('kubectl', () => {
  beforeAll(async () => {
    at = await startTestServer({
      crds: [jobDefinition],
      async *logs({ container, tailLines }) {
        yield Buffer.from(`${container} says ${tailLines ?? 'all'}\n`)
      },
    })
  })
  afterAll(() => at.stop())

  test('finds what there is', async () => {
    const out = await ok('api-resources')
    for (const line of [/^pods\s+po\s+v1\s+true\s+Pod$/m, /^prowjobs\s+pj\s+prow\.k8s\.io\/v1\s+true\s+ProwJob$/m])
      expect(out).toMatch(line)
    expect(await ok('version')).toContain('Server Version: v1.')
    expect(await ok('auth can-i create pods')).toBe('yes\n')
    expect(await ok('explain prowjob.spec')).toMatch(/job\s+<string> -required-/)
    expect(await ok('explain pod.spec.restartPolicy')).toContain('FIELD: restartPolicy <string>')
  })

  test('create: from flags, from a file, and refused', async () => {
    expect(await ok('create configmap plain --from-literal=a=1')).toBe('configmap/plain created\n')
    expect(await ok("get configmap plain -o jsonpath='{.data.a}'")).toContain('1')
    expect(await ok('create secret generic hidden --from-literal=key=value')).toBe('secret/hidden created\n')
    expect(await ok("get secret hidden -o 'jsonpath={.data.key} {.type}'")).toBe('dmFsdWU= Opaque')
    expect(await ok('create namespace extra')).toBe('namespace/extra created\n')
    expect(await ok('create serviceaccount robot -n extra')).toBe('serviceaccount/robot created\n')
    expect(await ok('create -f -', { ...job(''), metadata: { generateName: 'made-' } })).toMatch(
      /^prowjob\.prow\.k8s\.io\/made-[a-z0-9]{5} created\n$/,
    )
    expect(await kubectl('create configmap plain --from-literal=a=1')).toMatchObject({
      code: 1,
      err: 'error: failed to create configmap: configmaps "plain" already exists\n',
    })
    const typo = await kubectl('create -f -', pod('typo', { containres: [] }))
    expect(typo).toMatchObject({ code: 1, err: expect.stringContaining('unknown field "spec.containres"') })
    const invalid = await kubectl('create -f -', { ...job('invalid'), spec: { job: 'x', type: 'hourly' } })
    expect(invalid.err).toContain('The ProwJob "invalid" is invalid: spec.type: Unsupported value: "hourly"')
  })

  test('get: columns, wide, selectors, all namespaces', async () => {
    await ok('create -f -', pod('seen', {}, { labels: { app: 'a' } }))
    await ok('create -f -', pod('placed', { nodeName: 'here' }, { labels: { app: 'b' } }))
    await at.client.patch(
      '/api/v1/namespaces/default/pods/placed/status',
      {
        status: {
          phase: 'Running',
          podIP: '10.0.0.7',
          containerStatuses: [
            { name: 'test', ready: true, restartCount: 2, state: { running: {} }, image: 'busybox', imageID: '' },
          ],
        },
      },
      'application/merge-patch+json',
    )
    expect(rows(await ok('get pods placed'))).toEqual([
      ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'],
      ['placed', '1/1', 'Running', '2', expect.stringMatching(/^\d+s$/)],
    ])
    const [header, row] = rows(await ok('get pods placed -o wide'))
    expect(header).toEqual([
      'NAME',
      'READY',
      'STATUS',
      'RESTARTS',
      'AGE',
      'IP',
      'NODE',
      'NOMINATED NODE',
      'READINESS GATES',
    ])
    expect(row?.slice(5)).toEqual(['10.0.0.7', 'here', '<none>', '<none>'])
    expect(await ok('get pods -l app=a -o name')).toBe('pod/seen\n')
    expect(await ok('get pods -l app!=a -o name')).toBe('pod/placed\n')
    expect(await ok('get pods --field-selector spec.nodeName=here -o name')).toBe('pod/placed\n')
    expect(await ok('get pods --field-selector status.phase=Pending -A -o name')).toBe('pod/seen\n')
    expect(await ok('get pods --show-labels')).toContain('app=a')
    expect(rows(await ok('get all'))[0]).toContain('NAME')
    await ok('create -f -', {
      ...job('columns'),
      spec: { job: 'unit', type: 'batch', refs: { org: 'o', pulls: [{ number: 5 }, { number: 6 }] } },
    })
    expect(rows(await ok('get pj columns'))).toEqual([
      ['NAME', 'JOB', 'PULLS', 'STARTTIME', 'STATE'],
      ['columns', 'unit', '5,6'],
    ])
    expect(await kubectl('get pod absent')).toMatchObject({
      code: 1,
      err: 'Error from server (NotFound): pods "absent" not found\n',
    })
  })

  test('get in chunks gets everything', async () => {
    await ok('create namespace many')
    for (let n = 0; n < 7; n++) await at.client.post('/api/v1/namespaces/many/configmaps', configMap(`m${n}`))
    expect((await ok('get configmaps -n many -o name --chunk-size=3')).trim().split('\n')).toHaveLength(7)
  })

  test('get -w shows changes as they come', async () => {
    await ok('create -f -', job('watched'))
    const watch = follow('get prowjobs -w --field-selector metadata.name=watched')
    const next = async () => (await watch.line())?.split(/\s{2,}/)
    try {
      expect((await next())?.[0]).toBe('NAME')
      expect(await next()).toEqual(['watched', 'unit', ''])
      await at.client.patch(
        '/apis/prow.k8s.io/v1/namespaces/default/prowjobs/watched',
        { status: { state: 'success' } },
        'application/merge-patch+json',
      )
      expect((await next())?.at(-1)).toBe('success')
    } finally {
      await watch.stop()
    }
  })

  test('describe a pod, with its events', async () => {
    await ok('create -f -', pod('described', { nodeName: 'here' }))
    const uid = await ok("get pod described -o 'jsonpath={.metadata.uid}'")
    const now = (await ok("get pod described -o 'jsonpath={.metadata.creationTimestamp}'")).trim()
    await ok('create -f -', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'described.1', namespace: 'default' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'described', uid, apiVersion: 'v1' },
      reason: 'Pulled',
      message: 'the image is here',
      type: 'Normal',
      source: { component: 'kubelet' },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    })
    const out = await ok('describe pod described')
    expect(out).toMatch(/Node:\s+here/)
    expect(out).toMatch(/QoS Class:\s+BestEffort/)
    expect(out).toMatch(/Normal\s+Pulled\s+.*kubelet\s+the image is here/)
    expect(rows(await ok('get events --field-selector involvedObject.name=described'))[1]).toEqual(
      expect.arrayContaining(['Normal', 'Pulled', 'pod/described', 'the image is here']),
    )
    expect(await ok('describe prowjob watched')).toContain('Kind:         ProwJob')
    expect(await ok('describe namespace extra')).toMatch(/Status:\s+Active/)
  })

  test('apply, client side: creates, merges, removes, leaves alone', async () => {
    const config = { ...configMap('applied', { namespace: 'default' }), data: { a: '1', b: '1' } }
    expect(await ok('apply -f -', config)).toBe('configmap/applied created\n')
    expect(await ok('apply -f -', config)).toBe('configmap/applied unchanged\n')
    await ok(`patch configmap applied --type merge -p '{"data":{"other":"x"}}'`)
    expect(await ok('apply -f -', { ...config, data: { a: '2' } })).toBe('configmap/applied configured\n')
    expect(JSON.parse(await ok('get configmap applied -o json')).data).toEqual({ a: '2', other: 'x' })
    const image = (image: string) => ({
      ...pod('applied', { containers: [{ name: 'test', image, env: [{ name: 'A', value: '1' }] }] }),
      metadata: { name: 'applied', namespace: 'default' },
    })
    await ok('apply -f -', image('busybox:1'))
    expect(await ok('apply -f -', image('busybox:2'))).toBe('pod/applied configured\n')
    expect(await ok("get pod applied -o 'jsonpath={.spec.containers[*].image}'")).toBe('busybox:2')
    const frozen = await kubectl('apply -f -', {
      ...image('busybox:2'),
      spec: { ...image('busybox:2').spec, restartPolicy: 'Always' },
    })
    expect(frozen.err).toContain('pod updates may not change fields other than')
    await ok('apply -f -', job('applied'))
    expect(await ok('apply -f -', { ...job('applied'), spec: { job: 'other', type: 'batch' } })).toContain('configured')
    expect(await ok("get pj applied -o 'jsonpath={.spec.job}'")).toBe('other')
    expect(await ok('diff -f -', { ...job('applied'), spec: { job: 'other', type: 'batch' } })).toBe('')
    expect((await kubectl('diff -f -', job('applied'))).code).toBe(1)
  })

  test('apply, server side: owns fields, conflicts, forces', async () => {
    const config = { ...configMap('ssa', { namespace: 'default' }), data: { a: '1', b: '1' } }
    expect(await ok('apply --server-side -f -', config)).toBe('configmap/ssa serverside-applied\n')
    expect(await ok('apply --server-side -f -', { ...config, data: { a: '1' } })).toContain('serverside-applied')
    expect(JSON.parse(await ok('get configmap ssa -o json')).data).toEqual({ a: '1' })
    const other = { ...config, data: { a: '9' } }
    const refused = await kubectl('apply --server-side --field-manager other -f -', other)
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('conflict with "kubectl": .data.a') })
    await ok('apply --server-side --field-manager other --force-conflicts -f -', other)
    expect(JSON.parse(await ok('get configmap ssa -o json --show-managed-fields')).metadata.managedFields).toEqual([
      expect.objectContaining({ manager: 'other', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {} } } }),
    ])
    expect(await ok('apply --server-side -f -', job('ssa'))).toContain('serverside-applied')
    await ok('apply --server-side -f -', { ...pod('ssa'), metadata: { name: 'ssa', namespace: 'default' } })
    expect(await ok("get pod ssa -o 'jsonpath={.spec.containers[0].image}'")).toBe('busybox')
  })

  test('a client-side apply can go on server side', async () => {
    const config = configMap('moved', { namespace: 'default' })
    await ok('apply -f -', config)
    await ok('apply --server-side -f -', config)
    await ok('apply --server-side -f -', { ...config, data: { b: '2' } })
    expect(JSON.parse(await ok('get configmap moved -o json')).data).toEqual({ b: '2' })
  })

  test.each([
    ['json', `'[{"op":"replace","path":"/data/a","value":"j"}]'`, 'j'],
    ['merge', `'{"data":{"a":"m"}}'`, 'm'],
    ['strategic', `'{"data":{"a":"s"}}'`, 's'],
  ])('patch --type %s', async (type, patch, want) => {
    await ok('create -f -', configMap(`patched-${type}`))
    await ok(`patch configmap patched-${type} --type ${type} -p ${patch}`)
    expect(await ok(`get configmap patched-${type} -o 'jsonpath={.data.a}'`)).toBe(want)
  })

  test('a strategic patch merges containers by name', async () => {
    await ok(
      'create -f -',
      pod('strategic', {
        containers: [
          { name: 'a', image: 'x:1' },
          { name: 'b', image: 'y:1' },
        ],
      }),
    )
    await ok(`patch pod strategic -p '{"spec":{"containers":[{"name":"b","image":"y:2"}]}}'`)
    expect(await ok("get pod strategic -o 'jsonpath={.spec.containers[*].image}'")).toBe('x:1 y:2')
  })

  test('label, annotate, edit by replace', async () => {
    await ok('create -f -', configMap('marked'))
    await ok('label configmap marked tier=one')
    expect((await kubectl('label configmap marked tier=two')).code).toBe(1)
    await ok('label configmap marked tier=two --overwrite')
    await ok('annotate configmap marked note=hello')
    await ok('label configmap marked tier-')
    const { metadata } = JSON.parse(await ok('get configmap marked -o json'))
    expect([metadata.labels, metadata.annotations]).toEqual([undefined, { note: 'hello' }])
    const current = JSON.parse(await ok('get configmap marked -o json'))
    await ok('replace -f -', { ...current, data: { a: 'replaced' } })
    expect((await kubectl('replace -f -', { ...current, data: { a: 'late' } })).err).toContain(
      'the object has been modified',
    )
  })

  test('delete: waits for the end, with grace, with force', async () => {
    await ok('create -f -', configMap('doomed'))
    expect(await ok('delete configmap doomed')).toMatch(/^configmap "doomed" deleted/)
    await ok('create -f -', pod('graceful', { nodeName: 'here' }))
    const waiting = kubectl('delete pod graceful --grace-period=20')
    await expect
      .poll(
        async () =>
          (await at.client.get('/api/v1/namespaces/default/pods/graceful')).body.metadata.deletionGracePeriodSeconds,
      )
      .toBe(20)
    expect(rows(await ok('get pod graceful'))[1]?.[2]).toBe('Terminating')
    await at.client.delete('/api/v1/namespaces/default/pods/graceful', { gracePeriodSeconds: 0 })
    expect((await waiting).code).toBe(0)
    await ok('create -f -', pod('forced', { nodeName: 'here' }))
    expect(await ok('delete pod forced --grace-period=0 --force')).toContain('force deleted')
    await ok('create namespace emptied')
    await ok('create configmap x -n emptied')
    await ok('delete namespace emptied')
    expect((await kubectl('get namespace emptied')).code).toBe(1)
    expect(await ok('delete pods -l app=a')).toContain('pod "seen" deleted')
    expect((await kubectl('delete configmap doomed')).err).toContain('NotFound')
  })

  test('wait --for', async () => {
    await ok('create -f -', pod('awaited'))
    const waiting = kubectl("wait pod/awaited '--for=jsonpath={.status.phase}=Succeeded' --timeout=15s")
    await at.client.patch(
      '/api/v1/namespaces/default/pods/awaited/status',
      { status: { phase: 'Succeeded' } },
      'application/merge-patch+json',
    )
    expect((await waiting).out).toContain('condition met')
  })

  test('logs, and why there are none', async () => {
    await ok(
      'create -f -',
      pod('talking', {
        containers: [
          { name: 'a', image: 'x' },
          { name: 'b', image: 'y' },
        ],
      }),
    )
    expect((await kubectl('logs talking -c a')).err).toContain(
      'container "a" in pod "talking" is waiting to start: the pod is not scheduled yet',
    )
    const running = (name: string) => ({
      name,
      state: { running: {} },
      ready: true,
      restartCount: 0,
      image: '',
      imageID: '',
    })
    await at.client.patch(
      '/api/v1/namespaces/default/pods/talking/status',
      { status: { phase: 'Running', containerStatuses: [running('a'), running('b')] } },
      'application/merge-patch+json',
    )
    expect(await ok('logs talking -c b --tail=3')).toBe('b says 3\n')
    expect(await ok('logs -f talking -c a')).toBe('a says all\n')
    expect((await kubectl('logs talking -c absent')).err).toContain('container absent is not valid for pod talking')
    expect((await kubectl('logs talking -c a --previous')).err).toContain(
      'previous terminated container "a" in pod "talking" not found',
    )
  })

  test('custom definitions of its own', async () => {
    const file = join(at.dataDir, 'widgets.json')
    const definition = {
      ...jobDefinition,
      metadata: { name: 'widgets.example.com' },
      spec: { ...jobDefinition.spec, group: 'example.com', names: { kind: 'Widget', plural: 'widgets' } },
    }
    await writeFile(file, JSON.stringify(definition))
    await ok(`apply -f ${file}`)
    await ok('wait --for=condition=Established crd/widgets.example.com --timeout=10s')
    await ok('create -f -', { ...job('w'), apiVersion: 'example.com/v1', kind: 'Widget' })
    expect(await ok('get widgets -o name')).toBe('widget.example.com/w\n')
    await ok(`delete -f ${file}`)
    expect((await kubectl('get widgets')).code).toBe(1)
  })
})
