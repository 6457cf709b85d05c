// The CustomResourceDefinition of ProwJob, made from the schema in prowjob.ts.
import { prowJobSchema, prowJobs } from './prowjob.ts'

type Schema = { readonly [key: string]: unknown }

/** What `kubectl get prowjobs` shows: name, JSONPath, type. Upstream's columns in upstream's order. */
const columns: readonly (readonly [name: string, path: string, type: string])[] = [
  ['Job', '.spec.job', 'string'],
  ['BuildId', '.status.build_id', 'string'],
  ['Type', '.spec.type', 'string'],
  ['Org', '.spec.refs.org', 'string'],
  ['Repo', '.spec.refs.repo', 'string'],
  ['Pulls', '.spec.refs.pulls[*].number', 'string'],
  ['StartTime', '.status.startTime', 'date'],
  ['CompletionTime', '.status.completionTime', 'date'],
  ['State', '.status.state', 'string'],
]

/** Aborting takes two steps, so `aborted` may be there without a completion time; the other ends may not. */
const endsAreComplete = {
  anyOf: [
    { not: { properties: { state: { enum: ['success', 'failure', 'error'] } } } },
    { required: ['completionTime'] },
  ],
}

/**
 * The definition, ready to be sent to an API server. `pod_spec` is left open: the server's own Pod validation comes when plank
 * makes the Pod, and without that copy of Kubernetes' schema the definition is small enough for `kubectl apply`.
 */
export function prowJobCrd(): object {
  const { group, version, kind, plural } = prowJobs
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // Without it an API server refuses definitions in groups that end in k8s.io.
      annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes/test-infra/pull/8669' },
    },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames: ['pj'] },
      scope: 'Namespaced',
      preserveUnknownFields: false,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: columns.map(([name, jsonPath, type]) => ({ name, jsonPath, type })),
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: 'One run of one job.',
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: structural(prowJobSchema.spec),
                status: { ...structural(prowJobSchema.status), ...endsAreComplete },
              },
            },
          },
        },
      ],
    },
  }
}

/** JSON Schema as a CRD takes it: a type everywhere, and maps in Kubernetes' form. */
function structural(schema: unknown): Schema {
  const { patternProperties, properties, items, ...rest } = schema as Schema
  const values = patternProperties === undefined ? undefined : Object.values(patternProperties as Schema)[0]
  const isText = Array.isArray(rest.enum) && rest.type === undefined
  return {
    ...rest,
    ...(isText && { type: 'string' }),
    ...(values !== undefined && { additionalProperties: structural(values) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as Schema).map(([name, one]) => [name, structural(one)]),
      ),
    }),
    ...(items !== undefined && { items: structural(items) }),
  }
}
