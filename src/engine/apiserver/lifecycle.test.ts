// How objects end: grace, finalizers, owners, namespaces, collections.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configMap, pod, startTestServer, type TestServer, take } from './test-server.ts'

let at: TestServer
beforeAll(async () => {
  at = await startTestServer()
})
afterAll(() => at.stop())

const podsPath = '/api/v1/namespaces/default/pods'
const maps = '/api/v1/namespaces/default/configmaps'
const merge = 'application/merge-patch+json'

/** Waits until an object is gone, by watching it. */
async function gone(collection: string, name: string): Promise<void> {
  for await (const event of at.client.watch(
    `${collection}?watch=true&fieldSelector=metadata.name=${name}&sendInitialEvents=true&allowWatchBookmarks=true`,
  )) {
    if (event.type === 'DELETED') return
    // The end of the initial events: it was gone before.
    if (event.type === 'BOOKMARK' && (await at.client.get(`${collection}/${name}`)).code === 404) return
  }
}

describe('pods', () => {
  test('without a node are deleted at once', async () => {
    await at.client.post(podsPath, pod('homeless'))
    const { code, body } = await at.client.delete(`${podsPath}/homeless`)
    expect([code, body.kind]).toEqual([200, 'Pod'])
    expect((await at.client.get(`${podsPath}/homeless`)).code).toBe(404)
  })

  test('on a node wait for it, no longer than the first grace', async () => {
    await at.client.post(podsPath, pod('running', { terminationGracePeriodSeconds: 50 }))
    await at.client.post(`${podsPath}/running/binding`, { target: { kind: 'Node', name: 'here' } })
    const path = `${podsPath}/running`
    const first = await at.client.delete(path)
    expect(first.body.metadata).toMatchObject({ deletionGracePeriodSeconds: 50, deletionTimestamp: expect.any(String) })
    const longer = await at.client.delete(path, { gracePeriodSeconds: 90 })
    expect(longer.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion)
    const shorter = await at.client.delete(path, { gracePeriodSeconds: 5 })
    expect(shorter.body.metadata.deletionGracePeriodSeconds).toBe(5)
    await at.client.delete(path, { gracePeriodSeconds: 0 })
    expect((await at.client.get(path)).code).toBe(404)
  })

  test('that have ended are deleted at once', async () => {
    await at.client.post(podsPath, pod('ended', { nodeName: 'here' }))
    await at.client.patch(`${podsPath}/ended/status`, { status: { phase: 'Succeeded' } }, merge)
    await at.client.delete(`${podsPath}/ended`)
    expect((await at.client.get(`${podsPath}/ended`)).code).toBe(404)
  })

  test('with a finalizer stay after their grace is over', async () => {
    await at.client.post(
      podsPath,
      pod('reported', { nodeName: 'here' }, { finalizers: ['prow.x-k8s.io/gcsk8sreporter'] }),
    )
    const path = `${podsPath}/reported`
    await at.client.delete(path)
    expect((await at.client.delete(path, { gracePeriodSeconds: 0 })).body.metadata).toMatchObject({
      deletionGracePeriodSeconds: 0,
    })
    expect((await at.client.get(path)).code).toBe(200)
    await at.client.patch(path, { metadata: { finalizers: null } }, merge)
    expect((await at.client.get(path)).code).toBe(404)
  })

  test('are bound once', async () => {
    await at.client.post(podsPath, pod('bound'))
    const binding = { target: { kind: 'Node', name: 'here' } }
    expect((await at.client.post(`${podsPath}/bound/binding`, binding)).code).toBe(201)
    expect((await at.client.get(`${podsPath}/bound`)).body).toMatchObject({
      spec: { nodeName: 'here' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    })
    expect((await at.client.post(`${podsPath}/bound/binding`, binding)).body).toMatchObject({ code: 409 })
  })
})

describe('deletion', () => {
  test('answers with a Status, and 404 the second time', async () => {
    const { body } = await at.client.post(maps, configMap('once'))
    const deleted = await at.client.delete(`${maps}/once`)
    expect(deleted.body).toMatchObject({
      status: 'Success',
      details: { name: 'once', kind: 'configmaps', uid: body.metadata.uid },
    })
    expect((await at.client.delete(`${maps}/once`)).body).toMatchObject({ code: 404, reason: 'NotFound' })
  })

  test('keeps to its preconditions', async () => {
    await at.client.post(maps, configMap('guarded'))
    const refused = [{ uid: 'other' }, { resourceVersion: '1' }]
    for (const preconditions of refused) {
      expect((await at.client.delete(`${maps}/guarded`, { preconditions })).body).toMatchObject({
        code: 409,
        reason: 'Conflict',
      })
    }
    expect((await at.client.delete(`${maps}/guarded?dryRun=All`)).code).toBe(200)
    expect((await at.client.get(`${maps}/guarded`)).code).toBe(200)
  })

  test('waits for finalizers, to which none may be added then', async () => {
    await at.client.post(maps, configMap('final', { finalizers: ['example.com/a', 'example.com/b'] }))
    const path = `${maps}/final`
    const marked = await at.client.delete(path)
    expect(marked.body.metadata).toMatchObject({ deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 0 })
    const more = { metadata: { finalizers: ['example.com/a', 'example.com/c'] } }
    expect((await at.client.patch(path, more, merge)).body).toMatchObject({ code: 422 })
    expect((await at.client.patch(path, { metadata: { finalizers: ['example.com/b'] } }, merge)).code).toBe(200)
    expect((await at.client.patch(path, { metadata: { finalizers: [] } }, merge)).code).toBe(200)
    expect((await at.client.get(path)).code).toBe(404)
  })

  test('of a collection takes what is selected', async () => {
    for (const name of ['c1', 'c2', 'c3']) {
      await at.client.post(maps, configMap(name, { labels: { group: name === 'c3' ? 'stay' : 'go' } }))
    }
    await at.client.delete(`${maps}?labelSelector=group=go`)
    const codes = await Promise.all(
      ['c1', 'c2', 'c3'].map(async (name) => (await at.client.get(`${maps}/${name}`)).code),
    )
    expect(codes).toEqual([404, 404, 200])
    expect((await at.client.delete('/api/v1/configmaps')).code).toBe(405)
  })

  test.each([
    ['gracePeriodSeconds', { gracePeriodSeconds: -1 }, 422],
    ['propagationPolicy', { propagationPolicy: 'Sideways' }, 400],
  ])('refuses a broken %s', async (field, options, code) => {
    await at.client.post(maps, configMap(`broken-${field.toLowerCase()}`))
    expect((await at.client.delete(`${maps}/broken-${field.toLowerCase()}`, options)).code).toBe(code)
  })
})

describe('owners', () => {
  const ownedBy = (...owners: { name: string; uid: string }[]) => ({
    ownerReferences: owners.map(({ name, uid }) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      uid,
      blockOwnerDeletion: true,
    })),
  })
  const make = async (name: string, metadata: object = {}) => {
    const { body } = await at.client.post(maps, configMap(name, metadata))
    return { name, uid: body.metadata.uid ?? '' }
  }

  test('take their dependents along, and theirs', async () => {
    const top = await make('top')
    const middle = await make('middle', ownedBy(top))
    await make('bottom', ownedBy(middle))
    await at.client.delete(`${maps}/top`)
    await gone(maps, 'bottom')
    expect((await at.client.get(`${maps}/middle`)).code).toBe(404)
  })

  test('leave what has another owner', async () => {
    const one = await make('one-owner')
    const two = await make('two-owner')
    await make('shared', ownedBy(one, two))
    await at.client.delete(`${maps}/one-owner`)
    for await (const { object } of at.client.watch(`${maps}?watch=true&fieldSelector=metadata.name=shared`)) {
      if (object.metadata.ownerReferences?.length === 1) break
    }
    expect((await at.client.get(`${maps}/shared`)).body.metadata.ownerReferences).toEqual([
      expect.objectContaining({ uid: two.uid }),
    ])
  })

  test('deleted with Orphan leave their dependents', async () => {
    const owner = await make('orphaner')
    await make('orphaned', ownedBy(owner))
    await at.client.delete(`${maps}/orphaner`, { propagationPolicy: 'Orphan' })
    const { code, body } = await at.client.get(`${maps}/orphaned`)
    expect([code, body.metadata.ownerReferences]).toEqual([200, undefined])
  })

  test('deleted in the foreground go last', async () => {
    const owner = await make('foreground')
    await make('background', ownedBy(owner))
    const { body } = await at.client.delete(`${maps}/foreground`, { propagationPolicy: 'Foreground' })
    expect(body.metadata.finalizers).toEqual(['foregroundDeletion'])
    await gone(maps, 'foreground')
    expect((await at.client.get(`${maps}/background`)).code).toBe(404)
  })

  test('that never were, or are already gone, do not keep an object', async () => {
    await make('late', ownedBy({ name: 'ghost', uid: 'ghost' }))
    await gone(maps, 'late')
  })

  test('of a kind that is not served are left to others', async () => {
    const owner = { apiVersion: 'example.com/v1', kind: 'Elsewhere', name: 'x', uid: 'elsewhere' }
    await at.client.post(maps, configMap('foreign', { ownerReferences: [owner] }))
    await make('marker', ownedBy({ name: 'ghost', uid: 'ghost-2' }))
    await gone(maps, 'marker')
    expect((await at.client.get(`${maps}/foreign`)).code).toBe(200)
  })
})

describe('namespaces', () => {
  const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

  test('come with a service account and a label', async () => {
    const { body } = await at.client.post('/api/v1/namespaces', namespace('fresh'))
    expect(body).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'fresh' } },
      status: { phase: 'Active' },
    })
    expect((await at.client.get('/api/v1/namespaces/fresh/serviceaccounts/default')).code).toBe(200)
    for (const name of ['default', 'kube-system'])
      expect((await at.client.get(`/api/v1/namespaces/${name}/serviceaccounts/default`)).code).toBe(200)
  })

  test('are emptied before they go, and take in nothing meanwhile', async () => {
    await at.client.post('/api/v1/namespaces', namespace('leaving'))
    const pods = '/api/v1/namespaces/leaving/pods'
    await at.client.post(pods, pod('slow', { nodeName: 'here' }))
    const terminating = take(2, at.client.watch(`${pods}?watch=true&resourceVersion=0`))
    const { body } = await at.client.delete('/api/v1/namespaces/leaving')
    expect(body).toMatchObject({
      metadata: { deletionTimestamp: expect.any(String) },
      status: { phase: 'Terminating' },
    })
    expect((await at.client.post(pods, pod('late'))).body).toMatchObject({ code: 403, reason: 'Forbidden' })
    expect((await terminating)[1]?.object.metadata.deletionTimestamp).toEqual(expect.any(String))
    await at.client.delete(`${pods}/slow`, { gracePeriodSeconds: 0 })
    await gone('/api/v1/namespaces', 'leaving')
    expect((await at.client.get('/api/v1/namespaces/leaving')).code).toBe(404)
  })

  test('that are always there cannot be deleted', async () => {
    expect((await at.client.delete('/api/v1/namespaces/default')).body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
    })
  })
})
