// The built-in kinds that the server offers.

import builtinSchemas from '../../../api/kubernetes-schemas.json' with { type: 'json' }
import type { ApiObject, Json } from '../object.ts'
import { jsonAt, textAt } from '../object.ts'
import { type Definitions, reference } from '../schema/types.ts'
import { compileValidator } from '../schema/validate.ts'
import { forbiddenField, required } from '../status.ts'
import {
  configMapColumns,
  definitionColumns,
  eventColumns,
  leaseColumns,
  namespaceColumns,
  nodeColumns,
  secretColumns,
  serviceAccountColumns,
} from '../table/builtin.ts'
import { podColumns } from '../table/pod.ts'
import { definitionRules } from './definition.ts'
import type { Kind } from './kind.ts'
import { podRules } from './pod.ts'

/** Schemas of the built-in kinds and of what they refer to. */
export const builtinDefinitions: Definitions = builtinSchemas

type Given = Pick<Kind, 'kind' | 'plural' | 'columns'> & { readonly schemaName: string } & Partial<Kind>

function builtin({ schemaName, ...given }: Given): Kind {
  const schema = { schema: reference(schemaName), definitions: builtinDefinitions }
  return {
    group: '',
    version: 'v1',
    listKind: `${given.kind}List`,
    singular: given.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    nameRule: 'subdomain',
    custom: false,
    statusSubresource: false,
    subresources: [],
    selectable: [],
    rules: {},
    schema,
    validateSchema: compileValidator(schema),
    ...given,
  }
}

/** Definitions of custom resources; the registry acts on them. */
export const customResourceDefinitions: Kind = builtin({
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  schemaName: 'CustomResourceDefinition',
  namespaced: false,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  statusSubresource: true,
  columns: definitionColumns,
  rules: definitionRules,
})

/** Namespaces; their deletion empties them first. */
export const namespaces: Kind = builtin({
  kind: 'Namespace',
  plural: 'namespaces',
  schemaName: 'Namespace',
  namespaced: false,
  nameRule: 'label',
  shortNames: ['ns'],
  statusSubresource: true,
  selectable: ['status.phase'],
  columns: namespaceColumns,
  rules: {
    forCreate: (namespace) => ({
      ...namespace,
      metadata: {
        ...namespace.metadata,
        labels: { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name ?? '' },
      },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    }),
    forUpdate: (namespace, old) => ({ ...namespace, spec: jsonAt(old, 'spec') }),
    whileDeleting: (namespace) => ({ ...namespace, status: { ...jsonAt(namespace, 'status'), phase: 'Terminating' } }),
  },
})

export const pods: Kind = builtin({
  kind: 'Pod',
  plural: 'pods',
  schemaName: 'Pod',
  shortNames: ['po'],
  categories: ['all'],
  statusSubresource: true,
  subresources: [
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
  ],
  selectable: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  columns: podColumns,
  rules: podRules,
})

export const serviceAccounts: Kind = builtin({
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  schemaName: 'ServiceAccount',
  shortNames: ['sa'],
  columns: serviceAccountColumns,
})

/** Every built-in kind. */
export const builtinKinds: readonly Kind[] = [
  namespaces,
  pods,
  serviceAccounts,
  customResourceDefinitions,
  builtin({
    kind: 'Node',
    plural: 'nodes',
    schemaName: 'Node',
    namespaced: false,
    shortNames: ['no'],
    statusSubresource: true,
    selectable: ['spec.unschedulable'],
    columns: nodeColumns,
    // A node registers itself with its status, in one request.
    rules: { keepsStatusAtCreation: true },
  }),
  builtin({
    kind: 'ConfigMap',
    plural: 'configmaps',
    schemaName: 'ConfigMap',
    shortNames: ['cm'],
    columns: configMapColumns,
    rules: { validateUpdate: immutable('data', 'binaryData') },
  }),
  builtin({
    kind: 'Secret',
    plural: 'secrets',
    schemaName: 'Secret',
    selectable: ['type'],
    columns: secretColumns,
    rules: {
      forCreate: foldStringData,
      forUpdate: foldStringData,
      validateUpdate: (secret, old) => [
        ...(secret.type === old.type ? [] : [forbiddenField('type', 'field is immutable')]),
        ...immutable('data')(secret, old),
      ],
    },
  }),
  builtin({
    kind: 'Event',
    plural: 'events',
    schemaName: 'Event',
    shortNames: ['ev'],
    selectable: [
      'involvedObject.kind',
      'involvedObject.namespace',
      'involvedObject.name',
      'involvedObject.uid',
      'involvedObject.apiVersion',
      'involvedObject.resourceVersion',
      'involvedObject.fieldPath',
      'reason',
      'reportingComponent',
      'type',
    ],
    columns: eventColumns,
    rules: {
      validate: (event) => (event.involvedObject === undefined ? [required('involvedObject')] : []),
    },
  }),
  builtin({
    group: 'coordination.k8s.io',
    kind: 'Lease',
    plural: 'leases',
    schemaName: 'Lease',
    columns: leaseColumns,
  }),
]

// Clients may write a secret's values as text; it is kept as base64 only.
function foldStringData(secret: ApiObject): ApiObject {
  const { stringData: _stringData, ...rest } = secret
  const texts = Object.keys(jsonAt(secret, 'stringData'))
  if (texts.length === 0) return rest as ApiObject
  const encoded = texts.map((key) => [key, Buffer.from(textAt(jsonAt(secret, 'stringData'), key)).toString('base64')])
  return { ...rest, data: { ...jsonAt(secret, 'data'), ...Object.fromEntries(encoded) } } as ApiObject
}

function immutable(...fields: readonly string[]) {
  return (object: ApiObject, old: ApiObject) => {
    if (old.immutable !== true) return []
    const changed = [...fields, 'immutable'].filter(
      (field) => JSON.stringify(object[field] as Json) !== JSON.stringify(old[field] as Json),
    )
    return changed.map((field) => forbiddenField(field, 'field is immutable when `immutable` is set'))
  }
}
