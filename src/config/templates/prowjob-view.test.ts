// The Go names of a ProwJob's fields.
import { expect, test } from 'vitest'
import { type ProwJob, prowJobSchema } from '../../api/prowjob.ts'
import type { GoType } from './go-types.ts'
import { renderForJob } from './job-template.ts'
import { goView } from './prowjob-view.ts'
import { fullJob } from './samples.ts'

const pj = (spec: Partial<ProwJob['spec']>, status: Partial<ProwJob['status']> = {}): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: {},
  spec: { type: 'periodic', job: 'j', ...spec },
  status: { state: 'pending', ...status },
})

test.each<[template: string, job: ProwJob, output: string]>([
  ['{{.Spec.Refs.CloneURI}} {{.Spec.Refs.WorkDir}}', fullJob('presubmit'), 'text true'],
  ['{{.Spec.DecorationConfig.GCSConfiguration.MediaTypes}}', fullJob('batch'), 'map[text:text]'],
  ['{{.Spec.DecorationConfig.OauthTokenSecret.Key}}', fullJob('batch'), 'text'],
  ['{{.Spec.DecorationConfig.RunAsUser}} {{.Spec.Hidden}}', fullJob('batch'), '1 true'],
  ['{{.Spec.RerunAuthConfig.GitHubTeamSlugs}}', fullJob('batch'), '[{text text}]'],
  ['{{.Spec.ReporterConfig.Slack.JobStatesToReport}}', fullJob('batch'), '[failure]'],
  ['{{.Spec.ProwJobDefault.ResultStoreConfig.ProjectID}}', fullJob('batch'), 'text'],
  ['{{.Status.PrevReportStates}}', fullJob('batch'), 'map[text:success]'],
  ['{{.Spec.PodSpec.Containers}} {{.Spec.PodSpec.Volumes}}', fullJob('batch'), '[] <no value>'],
  ['{{.Complete}} {{.ClusterAlias}}', fullJob('batch'), 'true default'],
  ['{{.Complete}} {{.ClusterAlias}}', pj({ cluster: 'build' }), 'false build'],
  ['{{.Spec.Cluster}}|{{.ClusterAlias}}', pj({}), '|default'],
  ['{{.Spec.Refs}} {{.Spec.ExtraRefs}} {{.Labels}} {{.Spec.MaxConcurrency}}', pj({}), '<nil> [] map[] 0'],
  ['{{.Status.StartTime}} {{.Status.CompletionTime}}', pj({}), '0001-01-01 00:00:00 +0000 UTC <nil>'],
  ['{{.Status.BuildID}}', pj({}, { build_id: '1856789012345678901' }), '1856789012345678901'],
  ['{{.Spec.Refs}}', pj({ refs: { org: 'o', repo: 'r', base_ref: 'main' } }), 'main'],
  [
    '{{.Spec.Refs}} {{range .Spec.ExtraRefs}}{{.OrgRepoString}}{{end}}',
    pj({ refs: { org: 'o', repo: 'r', base_ref: 'main', base_sha: 's' }, extra_refs: [{ org: 'x', repo: 'y' }] }),
    'main:s x/y',
  ],
])('%j', (template, job, output) => expect(renderForJob(template, job)).toBe(output))

/** Paths of all wire fields that a type of the view reads, as far as it knows them. */
function wireKeys(type: GoType, sample: unknown, at: string): string[] {
  if (type.kind === 'pointer') return wireKeys(type.to, sample, at)
  if (type.kind === 'slice') return wireKeys(type.of, Array.isArray(sample) ? sample[0] : undefined, `${at}[]`)
  if (type.kind !== 'struct' || typeof sample !== 'object' || sample === null) return [at]
  return Object.entries(sample).flatMap(([key, value]) => {
    const only = { [key]: value }
    const field = type.fields.find(({ embedded, read }) => !embedded && read(only) !== undefined)
    return field === undefined ? [`${at}.${key} is not in the view`] : wireKeys(field.type, value, `${at}.${key}`)
  })
}

test('every field of the wire has a Go name', () => {
  const view = goView(fullJob('presubmit'))
  const type = view.kind === 'pointer' && view.type.to.kind === 'struct' ? view.type.to : undefined
  const of = (name: string) => type?.fields.find((field) => field.name === name)?.type ?? type
  for (const [name, schema] of [
    ['Spec', prowJobSchema.spec],
    ['Status', prowJobSchema.status],
  ] as const) {
    const sample = sampleOf(schema)
    const found = of(name)
    if (found === undefined) throw new Error(`${name} is not in the view`)
    expect(wireKeys(found, sample, name).filter((path) => path.includes(' '))).toEqual([])
  }
})

/** Something at every place of a JSON schema. */
function sampleOf(schema: object): unknown {
  if ('properties' in schema && typeof schema.properties === 'object' && schema.properties !== null) {
    return Object.fromEntries(Object.entries(schema.properties).map(([key, inner]) => [key, sampleOf(inner)]))
  }
  if ('items' in schema && typeof schema.items === 'object' && schema.items !== null) return [sampleOf(schema.items)]
  return 'something'
}
