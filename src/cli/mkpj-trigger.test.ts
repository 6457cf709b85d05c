// mkpj --trigger-job on an API server: it creates the ProwJob, waits for its end, and may end as it ends.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prowJobCrd } from '../api/crd.ts'
import { startTestServer, type TestServer } from '../engine/apiserver/test-server.ts'
import { commandLine, folderWith } from '../testing/command-line.ts'

let api: TestServer
beforeEach(async () => {
  api = await startTestServer()
  await api.client.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', prowJobCrd())
})
afterEach(() => api.stop())

test.each<[state: string, args: string[], code: number]>([
  ['success', ['--fail-with-job'], 0],
  ['failure', ['--fail-with-job'], 1],
  ['failure', [], 0],
])('%s %j', async (state, args, code) => {
  const { url, token, ca } = api.server
  const cwd = folderWith({
    'config.yaml': 'periodics: [{name: nightly, interval: 1h, spec: {containers: [{image: i, command: [c]}]}}]',
  })
  const kubeconfig = join(cwd, 'kubeconfig')
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [
        { name: 'c', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
      ],
      users: [{ name: 'u', user: { token } }],
    }),
  )
  const path = '/apis/prow.k8s.io/v1/namespaces/default/prowjobs'
  const paths = [`--config-path=${join(cwd, 'config.yaml')}`, `--kubeconfig=${kubeconfig}`]
  const status = { state, completionTime: '2026-01-02T03:04:05Z' }
  const running = commandLine(['mkpj', '--job=nightly', '--trigger-job', ...paths, ...args])
  for await (const { object } of api.client.watch(`${path}?watch=1`)) {
    expect(object).toMatchObject({ spec: { job: 'nightly' }, status: { state: 'triggered' } })
    await api.client.patch(`${path}/${object.metadata.name}`, { status }, 'application/merge-patch+json')
    break
  }
  const ran = await running
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code, stderr: '' })
  expect(ran.stdout).toContain(`state: ${state}\n`)
})
