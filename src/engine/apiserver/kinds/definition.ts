// CustomResourceDefinitions: checking them, and making a kind out of one.
import { type ApiObject, isJson, type Json, jsonAt, listAt, textAt } from '../object.ts'
import type { Schema } from '../schema/types.ts'
import { compile, compileValidator } from '../schema/validate.ts'
import { type Cause, forbiddenField, invalidValue, notSupported, required } from '../status.ts'
import { customColumns } from '../table/custom.ts'
import type { Kind, Rules } from './kind.ts'

// Groups of the built-in kinds; a definition there could take their place.
const reservedGroups = [
  '',
  'apiextensions.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'coordination.k8s.io',
]

/** The rules of definitions. */
export const definitionRules: Rules = {
  forCreate: (definition, now) => {
    const complete = { ...definition, spec: completeSpec(jsonAt(definition, 'spec')) }
    return { ...complete, status: establishedStatus(complete, now) }
  },
  forUpdate: (definition, old) => {
    const complete = { ...definition, spec: completeSpec(jsonAt(definition, 'spec')) }
    const since = textAt(listAt(old, 'status.conditions')[0], 'lastTransitionTime')
    return { ...complete, status: establishedStatus(complete, since) }
  },
  validate: validateDefinition,
  // A definition is named like the resource it defines.
  takesAlong: (definition) => definition.metadata.name ?? '',
  validateUpdate: (definition, old) =>
    ['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'].flatMap((path) =>
      textAt(definition, path) === textAt(old, path) ? [] : [forbiddenField(path, 'field is immutable')],
    ),
}

function completeSpec(spec: Json): Json {
  const names = jsonAt(spec, 'names')
  const kind = textAt(names, 'kind')
  return {
    ...spec,
    conversion: spec.conversion ?? { strategy: 'None' },
    names: { ...names, listKind: names.listKind ?? `${kind}List`, singular: names.singular ?? kind.toLowerCase() },
  }
}

function establishedStatus(definition: Json, now: string): Json {
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    lastTransitionTime: now,
    reason,
    message,
  })
  return {
    acceptedNames: jsonAt(definition, 'spec.names'),
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    storedVersions: listAt(definition, 'spec.versions').map((version) => version.name),
  }
}

function validateDefinition(definition: ApiObject): readonly Cause[] {
  const causes: Cause[] = []
  const group = textAt(definition, 'spec.group')
  const plural = textAt(definition, 'spec.names.plural')
  const scope = textAt(definition, 'spec.scope')
  for (const path of ['spec.names.plural', 'spec.names.kind']) {
    if (!textAt(definition, path)) causes.push(required(path))
  }
  if (reservedGroups.includes(group)) causes.push(invalidValue('spec.group', group, 'is a group of built-in kinds'))
  if (definition.metadata.name !== `${plural}.${group}`) {
    causes.push(invalidValue('metadata.name', definition.metadata.name, 'must be spec.names.plural+"."+spec.group'))
  }
  if (scope !== 'Namespaced' && scope !== 'Cluster')
    causes.push(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']))
  const served = listAt(definition, 'spec.versions')
  if (served.length !== 1 || served[0]?.served !== true || served[0].storage !== true) {
    causes.push(
      invalidValue(
        'spec.versions',
        served.map((version) => version.name),
        'this server supports exactly one version, served and stored',
      ),
    )
  }
  for (const [index, version] of served.entries()) {
    const path = `spec.versions[${index}].schema.openAPIV3Schema`
    const schema = jsonAt(version, 'schema').openAPIV3Schema
    if (!isJson(schema)) causes.push(required(path, 'schemas are required'))
    else if (schema.type !== 'object')
      causes.push(invalidValue(`${path}.type`, schema.type, 'must be object at the root'))
    else {
      try {
        compile({ schema: schema as Schema, definitions: {} })
      } catch (error) {
        causes.push(invalidValue(path, schema.type, error instanceof Error ? error.message : String(error)))
      }
    }
  }
  return causes
}

// A custom resource's metadata follows the rules of every object, whatever its schema says.
function withMetadata(schema: Schema, metadata: Schema): Schema {
  const { apiVersion: _v, kind: _k, metadata: _m, ...properties } = schema.properties ?? {}
  const text = { type: 'string' }
  return { ...schema, properties: { apiVersion: text, kind: text, metadata, ...properties } }
}

/** The kind that a valid definition defines. `metadata` is the schema of metadata, `definitions` what it refers to. */
export function kindOf(definition: ApiObject, metadata: Schema, definitions: Readonly<Record<string, Schema>>): Kind {
  const names = jsonAt(definition, 'spec.names')
  const version = listAt(definition, 'spec.versions')[0] ?? {}
  const declared = jsonAt(version, 'schema.openAPIV3Schema') as Schema
  const schema = { schema: withMetadata(declared, metadata), definitions }
  const fields = listAt(version, 'selectableFields').map((field) => textAt(field, 'jsonPath').replace(/^\./, ''))
  return {
    group: textAt(definition, 'spec.group'),
    version: textAt(version, 'name'),
    kind: textAt(names, 'kind'),
    listKind: textAt(names, 'listKind'),
    plural: textAt(names, 'plural'),
    singular: textAt(names, 'singular'),
    shortNames: texts(names.shortNames),
    categories: texts(names.categories),
    namespaced: textAt(definition, 'spec.scope') === 'Namespaced',
    nameRule: 'subdomain',
    custom: true,
    statusSubresource: isJson(jsonAt(version, 'subresources').status),
    subresources: [],
    schema,
    validateSchema: compileValidator(schema),
    columns: customColumns(listAt(version, 'additionalPrinterColumns')),
    selectable: fields,
    rules: {},
  }
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
