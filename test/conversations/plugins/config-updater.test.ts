// config-updater, as the people on a pull request and the components that read ConfigMaps see it.
import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { type ConfigMap, configMaps, type KubeObject, type Resource } from '../../../src/api/kubernetes.ts'
import { conversation } from '../../../src/testing/conversation.ts'
import { org, repo, type Town } from '../../../src/testing/town.ts'

const pluginConfig = `config_updater:
  maps:
    config/prow/config.yaml:
      name: config
    config/prow/plugins.yaml:
      name: plugins
      key: test-key
    config/jobs/**/*.yaml:
      name: job-config
      use_full_path_as_key: true
      clusters: {default: [test-pods]}
    logo/*:
      name: logo
      gzip: true
      clusters: {default: [""], far: [x]}
    secret/*:
      name: secret
      denied_repos: [harbor]
`
const files = { 'config/prow/config.yaml': 'old\n', 'config/jobs/a/unit.yaml': 'unit\n', 'README.md': 'x\n' }
const quiet = { plugins: ['config-updater'], jobs: '', pluginConfig, files }

const namespaces: Resource<KubeObject> = {
  ...configMaps,
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
}
const configMap = (town: Town, name: string, namespace = 'default'): Promise<ConfigMap | undefined> =>
  town.installation().kube.get(configMaps, { namespace, name })

conversation('pull_request: what merges is in the ConfigMaps', quiet, async ({ alice, bob, town }) => {
  const { kube } = town.installation()
  await kube.create(namespaces, { metadata: { name: 'test-pods' } })
  await kube.create(configMaps, {
    metadata: { namespace: 'default', name: 'config', labels: { app: 'mine' } },
    data: { 'config.yaml': 'old\n', other: 'kept' },
  })
  const pr = await bob.opensPullRequest({
    body: 'Mends it.',
    files: {
      'config/prow/config.yaml': 'new\n',
      'config/prow/plugins.yaml': Buffer.from([0, 0xff]),
      'config/jobs/a/unit.yaml': null,
      'config/jobs/a/b/unit.yaml': 'unit\n',
      'secret/key': 'k\n',
    },
  })
  await alice.merges(pr)
  const said = await pr.botSays('Updated the following 3 configmaps:')
  expect(said.split('\n\n<details>')[0]).toBe(
    [
      '@bob: Updated the following 3 configmaps:',
      ' * `config` configmap in namespace `default` at cluster `default` using the following files:',
      '   - key `config.yaml` using file `config/prow/config.yaml`',
      ' * `job-config` configmap in namespace `test-pods` at cluster `default` using the following files:',
      '   - key `config-jobs-a-unit.yaml` using file ``',
      '   - key `config-jobs-a-b-unit.yaml` using file `config/jobs/a/b/unit.yaml`',
      ' * `plugins` configmap in namespace `default` at cluster `default` using the following files:',
      '   - key `test-key` using file `config/prow/plugins.yaml`',
    ].join('\n'),
  )
  expect(said).toContain('>Mends it.')
  const VERSION = await town.installation().host.branchSha({ org, repo }, 'main')
  expect(await configMap(town, 'config')).toMatchObject({
    metadata: { labels: { app: 'mine' } },
    data: { VERSION, 'config.yaml': 'new\n', other: 'kept' },
  })
  expect(await configMap(town, 'plugins')).toMatchObject({
    metadata: {
      labels: { 'app.kubernetes.io/name': 'prow', 'app.kubernetes.io/component': 'updateconfig-plugin' },
    },
    data: { VERSION },
    binaryData: { 'test-key': 'AP8=' },
  })
  expect((await configMap(town, 'job-config', 'test-pods'))?.data).toEqual({
    VERSION,
    'config-jobs-a-b-unit.yaml': 'unit\n',
  })
  expect(await configMap(town, 'secret')).toBeUndefined()
})

conversation(
  'pull_request: what cannot be written is told, the rest is written',
  quiet,
  async ({ alice, bob, town }) => {
    const pr = await bob.opensPullRequest({
      files: { 'logo/lamp.svg': '<svg/>', 'config/prow/config.yaml': 'x'.repeat(1_100_000) },
    })
    await alice.merges(pr)
    const said = await pr.botSays('Updated the `logo` configmap in namespace `default` at cluster `default`')
    expect(said).toContain(
      '`config` configmap in namespace `default` at cluster `default`: it would hold 1,100,040 bytes',
    )
    expect(said).toContain("at cluster `far`: no k8s client is found for build cluster: 'far'")
    const logo = await configMap(town, 'logo')
    expect(gunzipSync(Buffer.from(logo?.binaryData?.['lamp.svg'] ?? '', 'base64')).toString()).toBe('<svg/>')
    expect(await configMap(town, 'config')).toBeUndefined()
  },
)

conversation('pull_request: nothing else writes anything', quiet, async ({ alice, bob, town }) => {
  await alice.makesBranch('release-1.0')
  const elsewhere = await bob.opensPullRequest({ base: 'release-1.0', files: { 'config/prow/config.yaml': 'a\n' } })
  await alice.merges(elsewhere)
  const closed = await bob.opensPullRequest({ files: { 'config/prow/config.yaml': 'b\n' } })
  await alice.closes(closed)
  const other = await bob.opensPullRequest({ files: { 'README.md': 'y\n' } })
  await alice.merges(other)
  await alice.pushesTo('main', { 'config/prow/config.yaml': 'd\n' })
  await town.quiet()
  expect(await configMap(town, 'config')).toBeUndefined()
})
