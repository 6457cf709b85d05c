// The server over HTTP: every verb, and what it refuses.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configMap, job, jobDefinition, pod, startTestServer, type TestServer } from './test-server.ts'

let at: TestServer
beforeAll(async () => {
  at = await startTestServer({ crds: [jobDefinition] })
})
afterAll(() => at.stop())

const maps = '/api/v1/namespaces/default/configmaps'
const podsPath = '/api/v1/namespaces/default/pods'
const jobs = '/apis/prow.k8s.io/v1/namespaces/default/prowjobs'
const merge = 'application/merge-patch+json'
const strategic = 'application/strategic-merge-patch+json'
const jsonPatch = 'application/json-patch+json'

describe('access', () => {
  test('a request without the token is a 401 Status', async () => {
    const { client, server } = at
    const { statusCode, body } = await request(`${server.url}/api/v1/pods`, {
      dispatcher: trusting(),
      headers: { authorization: 'Bearer wrong' },
    })
    expect(statusCode).toBe(401)
    expect(await body.json()).toMatchObject({ kind: 'Status', status: 'Failure', reason: 'Unauthorized', code: 401 })
    expect((await client.get('/api/v1/pods')).code).toBe(200)
  })

  test('health and version need no token', async () => {
    for (const path of ['/healthz', '/livez', '/readyz', '/readyz/ping', '/version']) {
      const { statusCode, body } = await request(at.server.url + path, { dispatcher: trusting() })
      await body.dump()
      expect([path, statusCode]).toEqual([path, 200])
    }
  })

  test('the kubeconfig and the secrets are readable by their owner only', async () => {
    for (const file of ['kubeconfig', 'token', 'state.db', 'state.db-wal', 'tls/ca.pem', 'tls/server.pem']) {
      const { mode } = await stat(join(at.dataDir, file))
      expect([file, (mode & 0o777).toString(8)]).toEqual([file, '600'])
    }
    const kubeconfig = await readFile(join(at.dataDir, 'kubeconfig'), 'utf8')
    expect(kubeconfig).toContain(at.server.url)
    expect(kubeconfig).toContain(at.server.token)
  })

  function trusting() {
    return new Agent({ connect: { ca: at.server.ca } })
  }
})

describe('create and get', () => {
  test('fills in metadata', async () => {
    const made = await at.client.post(maps, configMap('made'))
    expect(made.code).toBe(201)
    expect(made.body).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'made',
        namespace: 'default',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resourceVersion: expect.stringMatching(/^\d+$/),
        creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
      data: { a: '1' },
    })
    expect((await at.client.get(`${maps}/made`)).body).toEqual(made.body)
  })

  test('makes up a name from generateName', async () => {
    const { body } = await at.client.post(maps, { ...configMap(''), metadata: { generateName: 'run-' } })
    expect(body.metadata.name).toMatch(/^run-[a-z0-9]{5}$/)
  })

  test('takes YAML', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-yaml}\ndata: {when: "2020-01-01"}\n'
    const { code, body } = await at.client.post(maps, yaml, 'application/yaml')
    expect([code, body.data]).toEqual([201, { when: '2020-01-01' }])
  })

  test.each<[why: string, path: string, body: unknown, want: object]>([
    ['the name is taken', maps, configMap('made'), { code: 409, reason: 'AlreadyExists' }],
    [
      'no such namespace',
      '/api/v1/namespaces/nowhere/configmaps',
      configMap('x'),
      { code: 404, reason: 'NotFound', message: 'namespaces "nowhere" not found' },
    ],
    [
      'the body names another namespace',
      maps,
      configMap('x', { namespace: 'kube-system' }),
      { code: 400, reason: 'BadRequest' },
    ],
    ['a name that is none', maps, configMap('Not_a_Name'), { code: 422, reason: 'Invalid' }],
    ['no name', maps, { ...configMap('x'), metadata: {} }, { code: 422, reason: 'Invalid' }],
    ['another kind', maps, pod('x'), { code: 400, reason: 'BadRequest' }],
    ['no kind', maps, { metadata: { name: 'x' } }, { code: 400, message: "Object 'Kind' is missing" }],
    ['no object', maps, [1], { code: 400, reason: 'BadRequest' }],
    ['no JSON', maps, '{"apiVersion":', { code: 400, reason: 'BadRequest' }],
    [
      'a dangerous key',
      maps,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"__proto__":"y"}}',
      { code: 400 },
    ],
    [
      'a dangerous key in disguise',
      maps,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"\\u005f_proto__":"y"}}',
      { code: 400 },
    ],
    ['a wrong type', maps, { ...configMap('x'), data: { a: 1 } }, { code: 400, reason: 'BadRequest' }],
    [
      'a resource that is not served',
      '/api/v1/namespaces/default/services',
      configMap('x'),
      { code: 404, reason: 'NotFound' },
    ],
    ['all namespaces at once', '/api/v1/configmaps', configMap('x'), { code: 405, reason: 'MethodNotAllowed' }],
  ])('refuses: %s', async (_why, path, body, want) => {
    const answer = await at.client.post(path, body)
    expect(answer.body).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...want })
    expect(answer.code).toBe(answer.body.code)
  })

  test('refuses other media types and YAML with aliases', async () => {
    expect((await at.client.post(maps, 'x', 'text/plain')).body).toMatchObject({
      code: 415,
      reason: 'UnsupportedMediaType',
    })
    const bomb = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\ndata: {a: &a x, b: *a}\n'
    expect((await at.client.post(maps, bomb, 'application/yaml')).body).toMatchObject({
      code: 400,
      reason: 'BadRequest',
    })
  })

  test('refuses a body of more than 8 MiB and goes on', async () => {
    const answer = await at.client.post(maps, configMap('big', {}, { a: 'x'.repeat(9 * 1024 * 1024) }))
    expect(answer.body).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' })
    expect((await at.client.get(`${maps}/big`)).code).toBe(404)
  })

  test('refuses what is too deeply nested, and goes on', async () => {
    const deep = `{"apiVersion":"prow.k8s.io/v1","kind":"ProwJob","metadata":{"name":"deep"},"spec":{"job":"a","type":"batch","pipeline_run_spec":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}}`
    expect((await at.client.post(jobs, deep)).body).toMatchObject({ code: 400, reason: 'BadRequest' })
    expect((await at.client.get(`${jobs}/deep`)).code).toBe(404)
  })

  test('a dry run checks everything and keeps nothing', async () => {
    expect((await at.client.post(`${maps}?dryRun=All`, configMap('dry'))).code).toBe(201)
    expect((await at.client.get(`${maps}/dry`)).body).toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'configmaps "dry" not found',
    })
  })

  test('unknown fields: dropped with a warning, refused when asked to be strict', async () => {
    const odd = { ...configMap('odd'), dta: {} }
    expect((await at.client.post(`${maps}?fieldValidation=Strict`, odd)).body).toMatchObject({
      code: 400,
      message: expect.stringContaining('strict decoding error: unknown field "dta"'),
    })
    const warned = await at.client.post(maps, odd)
    expect(warned.headers.warning).toBe('299 - "unknown field \\"dta\\""')
    expect(warned.body).not.toHaveProperty('dta')
  })
})

describe('update', () => {
  test('replaces, and refuses what is out of date', async () => {
    const { body: first } = await at.client.post(maps, configMap('put'))
    const second = await at.client.put(`${maps}/put`, { ...first, data: { a: '2' } })
    expect(second.body).toMatchObject({ data: { a: '2' }, metadata: { uid: first.metadata.uid } })
    expect(Number(second.body.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion))
    expect((await at.client.put(`${maps}/put`, { ...first, data: { a: '3' } })).body).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: expect.stringContaining('the object has been modified'),
    })
    expect((await at.client.put(`${maps}/put`, configMap('put', { uid: 'other' }))).body).toMatchObject({ code: 409 })
    expect((await at.client.put(`${maps}/put`, configMap('elsewhere'))).body).toMatchObject({ code: 400 })
    expect((await at.client.put(`${maps}/absent`, configMap('absent'))).body).toMatchObject({ code: 404 })
  })

  test('an update that changes nothing keeps the resource version', async () => {
    const { body: first } = await at.client.post(maps, configMap('same'))
    const again = await at.client.put(`${maps}/same`, configMap('same'))
    expect(again.body.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
    for (const [path, object] of [
      [podsPath, pod('same', { volumes: [{ name: 'v', emptyDir: {} }] })],
      [jobs, job('same')],
      ['/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'same' }, status: { phase: 'x' } }],
      [
        '/api/v1/namespaces/default/secrets',
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'same' }, stringData: { a: 'b' } },
      ],
    ] as const) {
      const { body } = await at.client.post(path, object)
      const { body: replaced } = await at.client.put(`${path}/same`, body)
      expect(replaced).toEqual(body)
      const apply = (manager: string) =>
        at.client.patch(
          `${path}/same?fieldManager=${manager}`,
          { apiVersion: body.apiVersion, kind: body.kind, metadata: { labels: { [manager]: 'x' } } },
          'application/apply-patch+yaml',
        )
      await apply('m1')
      await apply('m2')
      const { body: applied } = await at.client.get(`${path}/same`)
      expect(applied.metadata.labels).toEqual({ m1: 'x', m2: 'x' })
      await apply('m1')
      expect((await at.client.get(`${path}/same`)).body).toEqual(applied)
    }
  })

  test('what the server decides cannot be changed', async () => {
    const { body: first } = await at.client.post(maps, configMap('fixed'))
    const { body } = await at.client.patch(
      `${maps}/fixed`,
      { metadata: { creationTimestamp: '2001-01-01T00:00:00Z', generation: 7 } },
      merge,
    )
    expect(body.metadata).toEqual(first.metadata)
  })

  test('a custom resource needs its resource version', async () => {
    await at.client.post(jobs, job('put'))
    expect((await at.client.put(`${jobs}/put`, job('put'))).body).toMatchObject({ code: 422, reason: 'Invalid' })
  })
})

describe('patch', () => {
  test.each([
    ['merge', merge, { data: { a: null, b: '2' } }, { b: '2' }],
    ['JSON', jsonPatch, [{ op: 'replace', path: '/data/a', value: 'x' }], { a: 'x' }],
    ['strategic', strategic, { data: { b: '2' } }, { a: '1', b: '2' }],
  ])('%s', async (name, type, patch, want) => {
    const path = `${maps}/patch-${name.toLowerCase()}`
    await at.client.post(maps, configMap(`patch-${name.toLowerCase()}`))
    const { code, body } = await at.client.patch(path, patch, type)
    expect([code, body.data]).toEqual([200, want])
  })

  test('with a resource version it refuses what is out of date', async () => {
    await at.client.post(maps, configMap('locked'))
    const patch = { metadata: { resourceVersion: '1' }, data: { a: '2' } }
    expect((await at.client.patch(`${maps}/locked`, patch, merge)).body).toMatchObject({
      code: 409,
      reason: 'Conflict',
    })
  })

  test('refusals', async () => {
    await at.client.post(maps, configMap('refused'))
    await at.client.post(jobs, job('refused'))
    const path = `${maps}/refused`
    const failing = [{ op: 'test', path: '/data/a', value: 'other' }]
    expect((await at.client.patch(path, failing, jsonPatch)).body).toMatchObject({ code: 422 })
    expect((await at.client.patch(path, [{ op: 'what' }], jsonPatch)).body).toMatchObject({ code: 400 })
    expect((await at.client.patch(path, 'no', merge)).body).toMatchObject({ code: 400 })
    expect((await at.client.patch(`${maps}/absent`, {}, merge)).body).toMatchObject({ code: 404 })
    expect((await at.client.patch(`${jobs}/refused`, {}, strategic)).body).toMatchObject({ code: 415 })
    expect((await at.client.patch(path, {}, 'application/json')).body).toMatchObject({ code: 415 })
  })

  test('status is written through /status only, where there is one', async () => {
    await at.client.post(podsPath, pod('with-status'))
    const path = `${podsPath}/with-status`
    const ignored = await at.client.patch(path, { status: { phase: 'Running' } }, merge)
    expect(ignored.body.status).toMatchObject({ phase: 'Pending' })
    const written = await at.client.patch(
      `${path}/status`,
      { status: { phase: 'Running' }, spec: { nodeName: 'x' } },
      strategic,
    )
    expect(written.body.status).toMatchObject({ phase: 'Running', qosClass: 'BestEffort' })
    expect(written.body.spec).not.toHaveProperty('nodeName')
    await at.client.post(jobs, job('no-status'))
    expect((await at.client.patch(`${jobs}/no-status/status`, {}, merge)).body).toMatchObject({ code: 404 })
    const whole = await at.client.patch(`${jobs}/no-status`, { status: { state: 'pending' } }, merge)
    expect(whole.body.status).toEqual({ state: 'pending' })
  })

  test('server-side apply creates, owns, conflicts and lets go', async () => {
    const path = `${maps}/applied`
    const apply = (manager: string, data: object, more = '') =>
      at.client.patch(
        `${path}?fieldManager=${manager}${more}`,
        { apiVersion: 'v1', kind: 'ConfigMap', data },
        'application/apply-patch+yaml',
      )
    expect((await apply('one', { a: '1', b: '1' })).code).toBe(201)
    expect((await apply('two', { c: '1' })).body.data).toEqual({ a: '1', b: '1', c: '1' })
    expect((await apply('one', { a: '1' })).body.data).toEqual({ a: '1', c: '1' })
    expect((await apply('two', { a: '2', c: '1' })).body).toMatchObject({
      code: 409,
      message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
      details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.a' }] },
    })
    expect((await apply('two', { a: '2', c: '1' }, '&force=true')).body.data).toEqual({ a: '2', c: '1' })
    await at.client.patch(`${path}?fieldManager=edit`, { data: { c: '9' } }, merge)
    expect((await apply('two', { a: '2', c: '1' })).body).toMatchObject({
      message: expect.stringContaining('conflict with "edit" using v1: .data.c'),
    })
    expect((await apply('', {})).body).toMatchObject({ code: 422 })
  })
})

describe('list', () => {
  const path = '/api/v1/namespaces/lists/configmaps'
  beforeAll(async () => {
    await at.client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lists' } })
    for (let n = 0; n < 5; n++)
      await at.client.post(path, configMap(`m${n}`, { labels: { parity: n % 2 ? 'odd' : 'even' } }))
  })
  const names = ({ items }: Record<string, unknown>) =>
    (items as { metadata: { name: string } }[]).map((item) => item.metadata.name)

  test('of a namespace and of all', async () => {
    const { body } = await at.client.get(path)
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' })
    expect(names(body)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
    expect(names((await at.client.get('/api/v1/configmaps')).body)).toEqual(expect.arrayContaining(['m0', 'made']))
  })

  test.each([
    ['labelSelector=parity=odd', ['m1', 'm3']],
    ['labelSelector=parity%20in%20(even)', ['m0', 'm2', 'm4']],
    ['labelSelector=!parity', []],
    ['fieldSelector=metadata.name=m2', ['m2']],
    ['fieldSelector=metadata.name!=m2&labelSelector=parity=even', ['m0', 'm4']],
    ['fieldSelector=metadata.namespace=default', []],
  ])('?%s', async (query, want) => {
    expect(names((await at.client.get(`${path}?${query}`)).body)).toEqual(want)
  })

  test('in pages, which all tell where a watch has to start', async () => {
    const first = (await at.client.get(`${path}?limit=2`)).body
    await at.client.post(path, configMap('m9'))
    const second = (await at.client.get(`${path}?limit=2&continue=${String(first.metadata.continue)}`)).body
    const last = (await at.client.get(`${path}?limit=2&continue=${String(second.metadata.continue)}`)).body
    expect([names(first), names(second), names(last)]).toEqual([
      ['m0', 'm1'],
      ['m2', 'm3'],
      ['m4', 'm9'],
    ])
    expect(last.metadata.continue).toBeUndefined()
    expect(last.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
    await at.client.delete(`${path}/m9`)
  })

  test('an exact number fits without a next page', async () => {
    expect((await at.client.get(`${path}?limit=5`)).body.metadata.continue).toBeUndefined()
  })

  test('refusals', async () => {
    for (const query of [
      'labelSelector=a%3D%3D%3Db',
      'fieldSelector=spec.x=1',
      'continue=garbage',
      'limit=-1',
      'limit=x',
    ]) {
      expect([query, (await at.client.get(`${path}?${query}`)).code]).toEqual([query, 400])
    }
    expect((await at.client.get(`${path}?resourceVersion=1&resourceVersionMatch=Exact`)).code).toBe(410)
  })

  test('as a table and as metadata', async () => {
    const table = await at.client.get(path, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' })
    expect(table.body).toMatchObject({
      kind: 'Table',
      columnDefinitions: [{ name: 'Name' }, { name: 'Data' }, { name: 'Age' }],
      rows: expect.arrayContaining([
        { cells: ['m0', 1, expect.any(String)], object: expect.objectContaining({ kind: 'PartialObjectMetadata' }) },
      ]),
    })
    const partial = await at.client.get(`${path}/m0`, {
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    })
    expect(Object.keys(partial.body)).toEqual(['kind', 'apiVersion', 'metadata'])
    expect((await at.client.get(path, { accept: 'application/vnd.kubernetes.protobuf' })).code).toBe(406)
  })

  test('larger than one chunk', async () => {
    const text = 'x'.repeat(100_000)
    for (let n = 0; n < 8; n++) await at.client.post(path, configMap(`large${n}`, {}, { text }))
    expect(names((await at.client.get(path)).body)).toHaveLength(13)
  })
})

describe('custom resources', () => {
  test('are validated, pruned and given defaults', async () => {
    const { body } = await at.client.post(jobs, {
      ...job('shaped'),
      spec: { job: 'a', type: 'batch', bogus: 1, pipeline_run_spec: { any: [1] } },
    })
    expect(body.spec).toEqual({ job: 'a', type: 'batch', report: false, pipeline_run_spec: { any: [1] } })
    expect(body.metadata.generation).toBe(1)
    const wrong = await at.client.post(jobs, { ...job('wrong'), spec: { type: 'cron', max_concurrency: -1 } })
    expect(wrong.body).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: expect.stringContaining('ProwJob.prow.k8s.io "wrong" is invalid'),
      details: {
        causes: expect.arrayContaining([
          { reason: 'FieldValueRequired', field: 'spec.job', message: 'Required value' },
          {
            reason: 'FieldValueNotSupported',
            field: 'spec.type',
            message: expect.stringContaining('supported values: "presubmit"'),
          },
          { reason: 'FieldValueInvalid', field: 'spec.max_concurrency', message: 'Invalid value: -1: must be >= 0' },
        ]),
      },
    })
  })

  test('print their own columns', async () => {
    await at.client.post(jobs, {
      ...job('printed'),
      spec: { job: 'unit', type: 'batch', refs: { org: 'o', pulls: [{ number: 1 }, { number: 2 }] } },
    })
    const { body } = await at.client.get(`${jobs}/printed`, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
    expect(body).toMatchObject({ rows: [{ cells: ['printed', 'unit', '1,2', null, null] }] })
  })

  test('a definition comes, changes and goes with its objects', async () => {
    const definition = structuredClone<Record<string, unknown>>(jobDefinition) as typeof jobDefinition
    const widget = {
      ...definition,
      metadata: { name: 'widgets.example.com' },
      spec: { ...definition.spec, group: 'example.com', names: { kind: 'Widget', plural: 'widgets' } },
    }
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    const made = await at.client.post(crds, widget)
    expect(made.body).toMatchObject({ status: { acceptedNames: { listKind: 'WidgetList', singular: 'widget' } } })
    const path = '/apis/example.com/v1/namespaces/default/widgets'
    expect((await at.client.post(path, { ...job('w'), apiVersion: 'example.com/v1', kind: 'Widget' })).code).toBe(201)
    expect((await at.client.get('/apis/example.com/v1')).body).toMatchObject({
      resources: [{ name: 'widgets', kind: 'Widget' }],
    })
    await at.client.delete(`${crds}/widgets.example.com`)
    expect((await at.client.get(path)).code).toBe(404)
    await at.client.post(crds, widget)
    expect((await at.client.get(path)).body.items).toEqual([])
    expect((await at.client.post(crds, { ...widget, metadata: { name: 'other' } })).body).toMatchObject({ code: 422 })
    const builtin = {
      ...widget,
      metadata: { name: 'leases.coordination.k8s.io' },
      spec: { ...widget.spec, group: 'coordination.k8s.io', names: { kind: 'Lease', plural: 'leases' } },
    }
    expect((await at.client.post(crds, builtin)).body).toMatchObject({ code: 422 })
  })
})

describe('discovery', () => {
  test.each([
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    [
      '/apis',
      { kind: 'APIGroupList', groups: expect.arrayContaining([expect.objectContaining({ name: 'prow.k8s.io' })]) },
    ],
    ['/apis/prow.k8s.io', { kind: 'APIGroup', preferredVersion: { groupVersion: 'prow.k8s.io/v1', version: 'v1' } }],
    [
      '/apis/prow.k8s.io/v1',
      { resources: [expect.objectContaining({ name: 'prowjobs', shortNames: ['pj'], namespaced: true })] },
    ],
    [
      '/openapi/v3',
      {
        paths: expect.objectContaining({
          'api/v1': { serverRelativeURL: expect.stringMatching(/^\/openapi\/v3\/api\/v1\?hash=/) },
        }),
      },
    ],
    [
      '/openapi/v3/apis/prow.k8s.io/v1',
      { components: { schemas: expect.objectContaining({ 'prow.k8s.io.v1.ProwJob': expect.anything() }) } },
    ],
  ])('%s', async (path, want) => {
    expect((await at.client.get(path)).body).toMatchObject(want)
  })

  test('says which subresources there are', async () => {
    const { body } = await at.client.get('/api/v1')
    const names = (body.resources as { name: string }[]).map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['pods', 'pods/status', 'pods/log', 'nodes/status', 'namespaces/status']),
    )
    expect(names).not.toContain('configmaps/status')
  })

  test.each([
    '/apis/none.example.com',
    '/apis/prow.k8s.io/v2',
    '/metrics',
    '/api/v1/namespaces/default/pods/x/exec',
    '/',
  ])('404: %s', async (path) => {
    expect((await at.client.get(path)).body).toMatchObject({ kind: 'Status', code: 404, reason: 'NotFound' })
  })

  test('broken encoding is a 400', async () => {
    expect((await at.client.get('/api/v1/namespaces/%E0%A4%A/pods')).code).toBe(400)
  })

  test('the holder of the token may do everything', async () => {
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: {} }
    expect((await at.client.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review)).body).toMatchObject(
      { status: { allowed: true } },
    )
  })
})
