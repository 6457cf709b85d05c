// From ProwJob to Pod: the worked example byte for byte, then one row per rule.
import { describe, expect, test } from 'vitest'
import type { Container, Pod, PodSpec } from '../api/kubernetes.ts'
import type { DecorationConfig, ProwJob, ProwJobSpec, Refs } from '../api/prowjob.ts'
import { CannotBuildPod } from './errors.ts'
import { podFor } from './pod.ts'

const refs: Refs = {
  org: 'o',
  repo: 'r',
  base_ref: 'main',
  base_sha: 'b1',
  pulls: [{ number: 7, author: 'al', sha: 'p1', title: 'T' }],
}
const decoration: DecorationConfig = {
  timeout: '1h',
  grace_period: '15s',
  utility_images: { clonerefs: 'c', initupload: 'i', entrypoint: 'e', sidecar: 's' },
  gcs_configuration: { bucket: 'gs://bkt', path_strategy: 'explicit' },
  gcs_credentials_secret: 'gcs',
}
const container = { image: 'img', command: ['make'], args: ['test'] } as Container

const job = (spec: Partial<ProwJobSpec> = {}): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: 'u1', labels: { mine: 'yes' } },
  spec: {
    type: 'presubmit',
    agent: 'kubernetes',
    job: 'pull-foo',
    context: 'pull-foo',
    refs,
    pod_spec: { containers: [container] },
    decoration_config: decoration,
    ...spec,
  },
  status: { state: 'triggered', startTime: '2026-01-02T03:04:05Z' },
})
const build = (spec?: Partial<ProwJobSpec>, outputDir?: string): Pod =>
  podFor(job(spec), '42', { pod_namespace: 'test-pods' }, outputDir === undefined ? {} : { outputDir })
const decorated = (change: Partial<DecorationConfig>, pod?: Partial<PodSpec>, spec?: Partial<ProwJobSpec>): Pod =>
  build({
    decoration_config: { ...decoration, ...change },
    pod_spec: { containers: [container], ...pod },
    ...spec,
  })

const named = (pod: Pod, name: string): Container => {
  const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
  const found = all.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no container ${name} among ${all.map((each) => each.name).join(', ')}`)
  return found
}
const value = (pod: Pod, name: string, variable: string) =>
  named(pod, name).env?.findLast((each) => each.name === variable)?.value
const options = (pod: Pod, name: string, variable: string) => JSON.parse(value(pod, name, variable) ?? '')
const mounts = (pod: Pod, name: string) => (named(pod, name).volumeMounts ?? []).map((mount) => mount.name)
const places = (pod: Pod, name: string) =>
  Object.fromEntries(
    (named(pod, name).volumeMounts ?? []).map((at) => [at.name, at.mountPath + (at.readOnly === true ? ' ro' : '')]),
  )
const volumes = (pod: Pod) => (pod.spec?.volumes ?? []).map(({ name }) => name)

describe('the worked example', () => {
  const pod = build()
  const lines = {
    JOB_SPEC:
      '{"type":"presubmit","job":"pull-foo","buildid":"42","prowjobid":"u1","refs":{"org":"o","repo":"r","base_ref":"main","base_sha":"b1","pulls":[{"number":7,"author":"al","sha":"p1","title":"T"}]},"decoration_config":{"timeout":"1h0m0s","grace_period":"15s","utility_images":{"clonerefs":"c","initupload":"i","entrypoint":"e","sidecar":"s"},"gcs_configuration":{"bucket":"gs://bkt","path_strategy":"explicit"},"gcs_credentials_secret":"gcs"}}',
    CLONEREFS_OPTIONS:
      '{"src_root":"/home/prow/go","log":"/logs/clone.json","git_user_name":"ci-robot","git_user_email":"ci-robot@k8s.io","refs":[{"org":"o","repo":"r","base_ref":"main","base_sha":"b1","pulls":[{"number":7,"author":"al","sha":"p1","title":"T"}]}],"github_api_endpoints":["https://api.github.com"]}',
    INITUPLOAD_OPTIONS:
      '{"bucket":"gs://bkt","path_strategy":"explicit","gcs_credentials_file":"/secrets/gcs/service-account.json","dry_run":false,"log":"/logs/clone.json"}',
    ENTRYPOINT_OPTIONS:
      '{"timeout":3600000000000,"grace_period":15000000000,"artifact_dir":"/logs/artifacts","args":["make","test"],"container_name":"test","process_log":"/logs/process-log.txt","marker_file":"/logs/marker-file.txt","metadata_file":"/logs/artifacts/metadata.json"}',
    SIDECAR_OPTIONS:
      '{"gcs_options":{"items":["/logs/artifacts"],"bucket":"gs://bkt","path_strategy":"explicit","gcs_credentials_file":"/secrets/gcs/service-account.json","dry_run":false},"entries":[{"args":["make","test"],"container_name":"test","process_log":"/logs/process-log.txt","marker_file":"/logs/marker-file.txt","metadata_file":"/logs/artifacts/metadata.json"}],"censoring_options":{}}',
  }

  test.each<[container: string, variable: keyof typeof lines]>([
    ['test', 'JOB_SPEC'],
    ['initupload', 'JOB_SPEC'],
    ['sidecar', 'JOB_SPEC'],
    ['clonerefs', 'CLONEREFS_OPTIONS'],
    ['initupload', 'INITUPLOAD_OPTIONS'],
    ['test', 'ENTRYPOINT_OPTIONS'],
    ['sidecar', 'SIDECAR_OPTIONS'],
  ])('%s gets %s', (name, variable) => expect(value(pod, name, variable)).toBe(lines[variable]))

  test('containers, in order, with image, command, variables and mounts', () => {
    const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
    expect(
      all.map((each) => [
        each.name,
        each.image,
        ...(each.command ?? []),
        ...(each.args ?? []),
        (each.env ?? []).map(({ name }) => name).join(' '),
        (each.volumeMounts ?? []).map(({ name }) => name).join(' '),
        each.terminationMessagePolicy,
      ]),
    ).toEqual([
      ['clonerefs', 'c', 'CLONEREFS_OPTIONS', 'logs code clonerefs-tmp', 'FallbackToLogsOnError'],
      ['initupload', 'i', 'INITUPLOAD_OPTIONS JOB_SPEC', 'logs gcs-credentials', 'FallbackToLogsOnError'],
      ['place-entrypoint', 'e', '--copy-mode-only', '', 'tools', 'FallbackToLogsOnError'],
      [
        'test',
        'img',
        '/tools/entrypoint',
        'ARTIFACTS BUILD_ID BUILD_NUMBER CI GOPATH JOB_NAME JOB_SPEC JOB_TYPE PROW_JOB_ID PULL_BASE_REF PULL_BASE_SHA PULL_HEAD_REF PULL_NUMBER PULL_PULL_SHA PULL_REFS PULL_TITLE REPO_NAME REPO_OWNER SRC_BASE SRC_HOST ENTRYPOINT_OPTIONS',
        'logs tools code',
        'FallbackToLogsOnError',
      ],
      ['sidecar', 's', 'JOB_SPEC SIDECAR_OPTIONS', 'logs gcs-credentials', 'FallbackToLogsOnError'],
    ])
    expect(named(pod, 'test').workingDir).toBe('/home/prow/go/src/github.com/o/r')
    expect(places(pod, 'test')).toEqual({ logs: '/logs', tools: '/tools', code: '/home/prow/go' })
    expect(places(pod, 'place-entrypoint')).toEqual({ tools: '/tools' })
  })

  test('the rest of the Pod', () => {
    expect(pod.metadata).toEqual({
      name: 'u1',
      namespace: 'test-pods',
      labels: {
        mine: 'yes',
        'created-by-prow': 'true',
        'prow.k8s.io/type': 'presubmit',
        'prow.k8s.io/job': 'pull-foo',
        'prow.k8s.io/context': 'pull-foo',
        'prow.k8s.io/refs.org': 'o',
        'prow.k8s.io/refs.repo': 'r',
        'prow.k8s.io/refs.base_ref': 'main',
        'prow.k8s.io/refs.pull': '7',
        'prow.k8s.io/id': 'u1',
        'prow.k8s.io/build-id': '42',
      },
      annotations: { 'prow.k8s.io/job': 'pull-foo', 'prow.k8s.io/context': 'pull-foo' },
    })
    expect(pod.spec).toMatchObject({
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: {},
      terminationGracePeriodSeconds: 18,
    })
    expect(volumes(pod)).toEqual(['logs', 'tools', 'gcs-credentials', 'clonerefs-tmp', 'code'])
  })

  test('the ProwJob is left as it was', () => {
    const given = job()
    const before = structuredClone(given)
    podFor(given, '42', { pod_namespace: 'p' })
    expect(given).toEqual(before)
  })
})

describe('containers of the user', () => {
  test('a single one is named test, whatever it was', () => {
    const pod = build({ pod_spec: { containers: [{ ...container, name: 'foo' }] } })
    expect(options(pod, 'test', 'ENTRYPOINT_OPTIONS').process_log).toBe('/logs/process-log.txt')
  })
  test('several keep their names, which are in their files', () => {
    const pod = build({
      pod_spec: {
        containers: [
          { ...container, name: 'test-0' },
          { ...container, name: 'test-1' },
        ],
      },
    })
    expect(options(pod, 'test-0', 'ENTRYPOINT_OPTIONS')).toMatchObject({
      container_name: 'test-0',
      process_log: '/logs/test-0-log.txt',
      marker_file: '/logs/test-0-marker.txt',
      metadata_file: '/logs/artifacts/test-0-metadata.json',
    })
    expect(options(pod, 'sidecar', 'SIDECAR_OPTIONS').entries).toHaveLength(2)
  })
  test('their variables come first, ours win by coming later', () => {
    const pod = build({ pod_spec: { containers: [{ ...container, env: [{ name: 'GOPATH', value: '/mine' }] }] } })
    const env = named(pod, 'test').env ?? []
    expect(env.filter(({ name }) => name === 'GOPATH').map((each) => each.value)).toEqual(['/mine', '/home/prow/go'])
    expect(env.at(-1)?.name).toBe('ENTRYPOINT_OPTIONS')
  })
  test('a termination message policy of their own stays', () => {
    const pod = build({ pod_spec: { containers: [{ ...container, terminationMessagePolicy: 'File' }] } })
    expect(named(pod, 'test').terminationMessagePolicy).toBe('File')
  })
  test('native sidecars stay between clonerefs and initupload, untouched', () => {
    const pod = decorated({}, { initContainers: [{ name: 'db', image: 'd', restartPolicy: 'Always' }] })
    expect(pod.spec?.initContainers?.map(({ name }) => name)).toEqual([
      'clonerefs',
      'db',
      'initupload',
      'place-entrypoint',
    ])
    expect(named(pod, 'db').env).toBeUndefined()
  })
  test('undecorated: only the variables', () => {
    const { decoration_config: _, ...spec } = job().spec
    const pod = podFor({ ...job(), spec }, '42', { pod_namespace: 'p' })
    expect(pod.spec?.containers).toHaveLength(1)
    expect(named(pod, 'test')).toMatchObject({ command: ['make'], args: ['test'] })
    expect(value(pod, 'test', 'CI')).toBe('true')
    expect(value(pod, 'test', 'ARTIFACTS')).toBeUndefined()
    expect(pod.spec?.securityContext).toBeUndefined()
  })
})

describe('cloning', () => {
  test.each<[why: string, change: Partial<DecorationConfig>, spec: Partial<ProwJobSpec>]>([
    ['skip_cloning', { skip_cloning: true }, {}],
    ['a periodic without refs', {}, { type: 'periodic' }],
  ])('%s: no clonerefs, no code, no clone log', (_why, change, spec) => {
    const { refs: _, ...rest } = job().spec
    const base = spec.type === 'periodic' ? rest : job().spec
    const full = { ...base, ...spec, decoration_config: { ...decoration, ...change } }
    const pod = podFor({ ...job(), spec: full }, '42', { pod_namespace: 'p' })
    expect(pod.spec?.initContainers?.map(({ name }) => name)).toEqual(['initupload', 'place-entrypoint'])
    expect(volumes(pod)).toEqual(['logs', 'tools', 'gcs-credentials'])
    expect(options(pod, 'initupload', 'INITUPLOAD_OPTIONS').log).toBeUndefined()
    expect(mounts(pod, 'initupload')).toEqual(['gcs-credentials'])
    expect(named(pod, 'test').workingDir).toBeUndefined()
  })

  test.each([
    ['yummy/.gitcookies', 'yummy', '/secrets/cookiefile/.gitcookies'],
    ['yummy', 'yummy', '/secrets/cookiefile/yummy'],
  ])('cookie file %s', (cookiefile_secret, secretName, path) => {
    const pod = decorated({ cookiefile_secret })
    expect(named(pod, 'clonerefs').args).toEqual([`--cookiefile=${path}`])
    expect(options(pod, 'clonerefs', 'CLONEREFS_OPTIONS').cookie_path).toBe(path)
    expect(pod.spec?.volumes).toContainEqual({ name: 'cookiefile', secret: { secretName, defaultMode: 256 } })
  })
  test('an empty cookie file secret is none', () => {
    expect(mounts(decorated({ cookiefile_secret: '' }), 'clonerefs')).not.toContain('cookiefile')
  })

  test('secrets of every kind, in order', () => {
    const pod = decorated({
      ssh_key_secrets: ['k1', 'k2'],
      ssh_host_fingerprints: ['host key'],
      oauth_token_secret: { name: 'oauth', key: 'token' },
      github_app_id: '12',
      github_app_private_key_secret: { name: 'app', key: 'pem' },
      github_api_endpoints: ['http://ghproxy'],
      cookiefile_secret: 'cookies',
    })
    expect(options(pod, 'clonerefs', 'CLONEREFS_OPTIONS')).toEqual({
      src_root: '/home/prow/go',
      log: '/logs/clone.json',
      git_user_name: 'ci-robot',
      git_user_email: 'ci-robot@k8s.io',
      refs: [refs],
      key_files: ['/secrets/ssh/k1', '/secrets/ssh/k2'],
      oauth_token_file: '/secrets/oauth/token',
      host_fingerprints: ['host key'],
      cookie_path: '/secrets/cookiefile/cookies',
      github_api_endpoints: ['http://ghproxy'],
      github_app_id: '12',
      github_app_private_key_file: '/secrets/github-app/pem',
    })
    const order = ['ssh-keys-k1', 'ssh-keys-k2', 'oauth', 'app', 'clonerefs-tmp', 'cookiefile']
    expect(mounts(pod, 'clonerefs')).toEqual(['logs', 'code', ...order])
    expect(places(pod, 'clonerefs')).toEqual({
      logs: '/logs',
      code: '/home/prow/go',
      'ssh-keys-k1': '/secrets/ssh/k1 ro',
      'ssh-keys-k2': '/secrets/ssh/k2 ro',
      oauth: '/secrets/oauth ro',
      app: '/secrets/github-app ro',
      'clonerefs-tmp': '/tmp',
      cookiefile: '/secrets/cookiefile ro',
    })
    expect(volumes(pod)).toEqual(['logs', 'tools', 'gcs-credentials', ...order, 'code'])
  })

  test.each<[why: string, primary: Partial<Refs>, extra: readonly Refs[], dir: string]>([
    ['an alias', { path_alias: 'k8s.io/r' }, [], 'k8s.io/r'],
    ['a link', { repo_link: 'https://gitlab.com/o/r' }, [], 'gitlab.com/o/r'],
    ['the one marked workdir', {}, [{ org: 'x', repo: 'y', workdir: true }], 'github.com/x/y'],
    ['else the first', {}, [{ org: 'x', repo: 'y' }], 'github.com/o/r'],
  ])('working directory: %s', (_why, primary, extra, dir) => {
    const pod = build({ refs: { ...refs, ...primary }, extra_refs: [...extra] })
    expect(named(pod, 'test').workingDir).toBe(`/home/prow/go/src/${dir}`)
  })
})

describe('the bucket', () => {
  test('no credentials: a default service account, but no token and no volume', () => {
    const pod = decorated({ gcs_credentials_secret: '', default_service_account_name: 'sa' })
    expect(pod.spec).toMatchObject({ serviceAccountName: 'sa', automountServiceAccountToken: false })
    expect(volumes(pod)).not.toContain('gcs-credentials')
    expect(value(pod, 'sidecar', 'SIDECAR_OPTIONS')).not.toContain('credentials')
  })
  test('S3', () => {
    const pod = decorated({ s3_credentials_secret: 's3' })
    expect(mounts(pod, 'sidecar')).toEqual(['logs', 'gcs-credentials', 's3-credentials'])
    expect(places(pod, 'sidecar')).toEqual({
      logs: '/logs',
      'gcs-credentials': '/secrets/gcs',
      's3-credentials': '/secrets/s3-storage',
    })
    expect(options(pod, 'initupload', 'INITUPLOAD_OPTIONS').s3_credentials_file).toBe(
      '/secrets/s3-storage/service-account.json',
    )
  })
  test('a local folder instead: no credentials', () => {
    const pod = build({}, '/tmp/out')
    expect(pod.spec?.volumes).toContainEqual({ name: 'output', hostPath: { path: '/tmp/out' } })
    expect(mounts(pod, 'initupload')).toEqual(['logs', 'output'])
    expect(places(pod, 'initupload')).toEqual({ logs: '/logs', output: '/output' })
    expect(value(pod, 'initupload', 'INITUPLOAD_OPTIONS')).toBe(
      '{"bucket":"gs://bkt","path_strategy":"explicit","local_output_dir":"/output","dry_run":false,"log":"/logs/clone.json"}',
    )
  })
  test('a folder of the machine as bucket is mounted where it lies', () => {
    const pod = decorated({ gcs_configuration: { bucket: 'file:///var/b', path_strategy: 'explicit' } })
    expect(pod.spec?.volumes).toContainEqual({
      name: 'bucket',
      hostPath: { path: '/var/b', type: 'DirectoryOrCreate' },
    })
    for (const name of ['initupload', 'sidecar']) {
      expect(named(pod, name).volumeMounts).toContainEqual({ name: 'bucket', mountPath: '/var/b' })
    }
    expect(mounts(pod, 'test')).not.toContain('bucket')
  })
  test('a folder of the machine is taken as it is written, as those do who read and write there', () => {
    const pod = decorated({ gcs_configuration: { bucket: 'file:///var/a%20b#c/', path_strategy: 'explicit' } })
    expect(named(pod, 'sidecar').volumeMounts).toContainEqual({ name: 'bucket', mountPath: '/var/a%20b#c' })
  })
})

describe('secrets to censor', () => {
  const secret: Partial<PodSpec> = {
    volumes: [
      { name: 'one', secret: { secretName: 'a' } },
      { name: 'two', secret: { secretName: 'b' } },
      { name: 'disk', emptyDir: {} },
    ],
  }
  const mounting = (...paths: [string, string][]) => ({
    ...container,
    volumeMounts: paths.map(([name, mountPath]) => ({ name, mountPath })),
  })
  test('are mounted into the sidecar too', () => {
    const pod = decorated(
      { censor_secrets: true },
      { ...secret, containers: [mounting(['one', '/secret'], ['disk', '/d'])] },
    )
    expect(options(pod, 'sidecar', 'SIDECAR_OPTIONS').censoring_options).toEqual({ secret_directories: ['/secret'] })
    expect(mounts(pod, 'sidecar')).toEqual(['logs', 'gcs-credentials', 'one'])
  })
  test('are not, unless asked for', () => {
    const pod = decorated({}, { ...secret, containers: [mounting(['one', '/secret'])] })
    expect(value(pod, 'sidecar', 'SIDECAR_OPTIONS')).toContain('"censoring_options":{}')
  })
  test('shared by two containers are mounted once; two at one path both stay known', () => {
    const pod = decorated(
      { censor_secrets: true },
      {
        ...secret,
        containers: [
          { ...mounting(['one', '/s']), name: 'a' },
          { ...mounting(['one', '/s']), name: 'b' },
          { ...mounting(['two', '/s']), name: 'c' },
        ],
      },
    )
    expect(options(pod, 'sidecar', 'SIDECAR_OPTIONS').censoring_options.secret_directories).toEqual([
      '/s',
      '/secrets/censored/two',
    ])
    expect(mounts(pod, 'sidecar')).toEqual(['logs', 'gcs-credentials', 'one', 'two'])
  })
  test('folders left out of it, and a sidecar that no signal stops', () => {
    const pod = decorated({ upload_ignores_interrupts: true, censoring_options: { exclude_directories: ['e'] } })
    expect(options(pod, 'sidecar', 'SIDECAR_OPTIONS')).toMatchObject({
      ignore_interrupts: true,
      censoring_options: { exclude_directories: ['e'] },
    })
  })
  test('options of censoring keep their order', () => {
    const pod = decorated({
      censoring_options: { minimum_secret_length: 0, censoring_buffer_size: 5, include_directories: ['a'] },
    })
    expect(value(pod, 'sidecar', 'SIDECAR_OPTIONS')).toContain(
      '"censoring_options":{"censoring_buffer_size":5,"include_directories":["a"],"minimum_secret_length":0}',
    )
  })
})

describe('fields of the Pod', () => {
  test.each<[why: string, change: Partial<DecorationConfig>, user: Partial<PodSpec>, grace: number | undefined]>([
    ['10s', { grace_period: '10s' }, {}, 12],
    ['15m', { grace_period: '15m' }, {}, 1125],
    ['an explicit 0s', { grace_period: '0s' }, {}, 0],
    ["the user's value stays", { grace_period: '10s' }, { terminationGracePeriodSeconds: 60 }, 60],
  ])('termination grace: %s', (_why, change, user, grace) => {
    expect(decorated(change, user).spec?.terminationGracePeriodSeconds).toBe(grace)
  })
  test('no grace period, no termination grace', () => {
    const { grace_period: _, ...rest } = decoration
    const pod = build({ decoration_config: rest })
    expect(pod.spec).not.toHaveProperty('terminationGracePeriodSeconds')
    expect(options(pod, 'test', 'ENTRYPOINT_OPTIONS').grace_period).toBe(0)
  })

  test('memory: the default request, then the limit from the request', () => {
    const pod = decorated(
      { default_memory_request: '4096Mi', set_limit_equals_memory_request: true },
      {
        containers: [
          {
            ...container,
            name: 'a',
            resources: { requests: { memory: '8Gi' }, limits: { memory: '100Gi', cpu: '1' } },
          },
          { ...container, name: 'b' },
        ],
      },
    )
    expect(named(pod, 'a').resources).toEqual({ requests: { memory: '8Gi' }, limits: { memory: '8Gi', cpu: '1' } })
    expect(named(pod, 'b').resources).toEqual({ requests: { memory: '4Gi' }, limits: { memory: '4Gi' } })
    expect(named(pod, 'sidecar').resources).toBeUndefined()
  })

  test('security context and scheduling give way to what the user wrote', () => {
    const change: Partial<DecorationConfig> = {
      run_as_user: 1,
      run_as_group: 2,
      fs_group: 3,
      scheduling_options: { affinity: { nodeAffinity: {} }, tolerations: [{ key: 'k' }] },
    }
    expect(decorated(change).spec).toMatchObject({
      securityContext: { runAsUser: 1, runAsGroup: 2, fsGroup: 3 },
      affinity: { nodeAffinity: {} },
      tolerations: [{ key: 'k' }],
    })
    const own = { securityContext: { runAsUser: 9 }, affinity: {}, tolerations: [{ key: 'mine' }] }
    expect(decorated(change, own).spec).toMatchObject({
      ...own,
      securityContext: { runAsUser: 9, runAsGroup: 2, fsGroup: 3 },
    })
  })

  test('a service account of the user keeps its token', () => {
    expect(decorated({}, { serviceAccountName: 'mine' }).spec).not.toHaveProperty('automountServiceAccountToken')
  })

  test('resources of the utilities', () => {
    const requests = { cpu: '100m' }
    const pod = decorated({ resources: { clonerefs: { requests }, place_entrypoint: { requests } } })
    expect(named(pod, 'clonerefs').resources).toEqual({ requests })
    expect(named(pod, 'place-entrypoint').resources).toEqual({ requests })
    expect(named(pod, 'sidecar').resources).toBeUndefined()
  })
})

describe('what no Pod can be made of says why', () => {
  const without = (key: keyof ProwJobSpec): ProwJob => {
    const spec: Partial<ProwJobSpec> = { ...job().spec }
    delete spec[key]
    return { ...job(), spec: spec as ProwJobSpec }
  }
  test.each<[why: string, given: ProwJob, message: string]>([
    ['no pod spec', without('pod_spec'), 'it has no pod_spec'],
    ['a presubmit without refs', without('refs'), 'a presubmit needs refs, and this one has none'],
    [
      'a batch without refs',
      { ...without('refs'), spec: { ...without('refs').spec, type: 'batch' } },
      'a batch needs refs, and this one has none',
    ],
    ['a presubmit without pulls', job({ refs: { org: 'o', repo: 'r' } }), 'a presubmit needs a pull request'],
    [
      'missing images',
      job({ decoration_config: { ...decoration, utility_images: { clonerefs: 'c', sidecar: 's' } } }),
      'utility_images lacks initupload, entrypoint',
    ],
    ['no command', job({ pod_spec: { containers: [{ name: 'a', image: 'i' }] } }), 'container test has no command'],
    [
      'a duration that is none',
      job({ decoration_config: { ...decoration, timeout: 'soon' } }),
      '"soon" is not a duration',
    ],
    [
      'a volume named like one of ours',
      job({ pod_spec: { containers: [container], volumes: [{ name: 'clonerefs-tmp', emptyDir: {} }] } }),
      'two volumes are named clonerefs-tmp',
    ],
    ['a job whose results would lie elsewhere', job({ job: '../other' }), 'its results have no place: job "../other"'],
    [
      'a bucket that is no path',
      job({ decoration_config: { ...decoration, gcs_configuration: { bucket: 'file://host/x' } } }),
      'its bucket cannot be used: "file://host/x" must be file:///folder',
    ],
    [
      'a bucket that is the whole disk',
      job({ decoration_config: { ...decoration, gcs_configuration: { bucket: 'file:///' } } }),
      'its bucket cannot be used',
    ],
    [
      'a bucket that leads elsewhere',
      job({ decoration_config: { ...decoration, gcs_configuration: { bucket: 'file:///var/b/../../etc' } } }),
      'its bucket cannot be used',
    ],
  ])('%s', (_why, given, message) => {
    expect(() => podFor(given, '42', { pod_namespace: 'p' })).toThrow(CannotBuildPod)
    expect(() => podFor(given, '42', { pod_namespace: 'p' })).toThrow(message)
  })
})
