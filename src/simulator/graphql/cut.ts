// GitHub's GraphQL schema, cut down to what the simulator resolves: shapes are GitHub's own, the rest is refused as unknown.
import { readFileSync } from 'node:fs'
import {
  buildASTSchema,
  type DefinitionNode,
  type FieldDefinitionNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type NamedTypeNode,
  parse,
  type TypeNode,
} from 'graphql'
import type { Context } from './context.ts'

/** Resolver of a field, or true where the source has a property of that name. */
export type Resolver<S> = true | ((source: S, args: Args, context: Context) => unknown)

/** Arguments of a field, as GraphQL has checked them. */
export type Args = Readonly<Record<string, unknown>>

/** The fields of one type. */
export type Fields = Readonly<Record<string, Resolver<unknown>>>

/** Types by name, interfaces and unions included: these with the fields (or members) that are kept. */
export type Types = Readonly<Record<string, Fields>>

/** Says what the source of a type's fields is. GraphQL gives it what the field above returned. */
export const typeOf = <S>(fields: Readonly<Record<string, Resolver<S>>>): Fields => fields as Fields

// One definition begins where a line begins with one of these words.
const definitionStart = /^(?=(?:type|interface|union|enum|input|scalar|directive) \w+)/m

/** Reads GitHub's schema and keeps what `types` name, with the arguments, enums, inputs and scalars that this needs. */
export function cutSchema(types: Types): GraphQLSchema {
  // Parsing all of it takes a second and a hundred megabytes; only the definitions in use are parsed.
  const sdl = readFileSync(new URL('./schema.graphql', import.meta.resolve('@octokit/graphql-schema')), 'utf8')
  const texts = new Map<string, string>()
  for (const chunk of sdl.split(definitionStart)) {
    const name = /^\w+ (\w+)/.exec(chunk)?.[1]
    // What stands at the end is the description of the next definition.
    if (name) texts.set(name, chunk.replace(/\n"""(?:(?!""")[\s\S])*"""\s*$/, '\n'))
  }
  const kept = new Map<string, DefinitionNode>()
  const queue = ['Query', 'Mutation', ...Object.keys(types)]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const text = texts.get(name)
    if (text === undefined || kept.has(name)) continue
    const [definition] = parse(text, { noLocation: true }).definitions
    if (!definition) continue
    const cut = cutDefinition(definition, types)
    kept.set(name, cut)
    queue.push(...referenced(cut))
  }
  const schema = buildASTSchema({ kind: Kind.DOCUMENT, definitions: [...kept.values()] }, { assumeValidSDL: true })
  for (const [name, fields] of Object.entries(types)) attach(schema, name, fields)
  return schema
}

function attach(schema: GraphQLSchema, name: string, fields: Fields): void {
  const type = schema.getType(name)
  if (!isObjectType(type)) return
  const known = type.getFields()
  for (const [field, resolver] of Object.entries(fields)) {
    const definition = known[field]
    if (!definition) throw new Error(`GitHub's schema has no field ${name}.${field}`)
    if (resolver === true) continue
    const resolve: GraphQLFieldResolver<unknown, Context> = (source, args, context) => resolver(source, args, context)
    definition.resolve = resolve
  }
}

function cutDefinition(definition: DefinitionNode, types: Types): DefinitionNode {
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      const fields = types[definition.name.value] ?? {}
      // An interface stays where all of its fields that are kept are kept here too.
      const provides = (name: string): boolean => {
        const wanted = types[name]
        return wanted !== undefined && Object.keys(wanted).every((field) => Object.hasOwn(fields, field))
      }
      return {
        ...definition,
        directives: [],
        interfaces: (definition.interfaces ?? []).filter(({ name }) => provides(name.value)),
        fields: (definition.fields ?? []).filter(({ name }) => Object.hasOwn(fields, name.value)).map(plain),
      }
    }
    case Kind.UNION_TYPE_DEFINITION:
      return { ...definition, types: (definition.types ?? []).filter(({ name }) => Object.hasOwn(types, name.value)) }
    default:
      return definition
  }
}

const plain = (field: FieldDefinitionNode): FieldDefinitionNode => ({ ...field, directives: [] })

/** Names of the types that a definition needs. */
function referenced(definition: DefinitionNode): string[] {
  const named = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type))
  const names = (list: readonly NamedTypeNode[] | undefined): string[] => (list ?? []).map(({ name }) => name.value)
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return [
        ...names(definition.interfaces),
        ...(definition.fields ?? []).flatMap((field) => [
          named(field.type),
          ...(field.arguments ?? []).map((arg) => named(arg.type)),
        ]),
      ]
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return (definition.fields ?? []).map((field) => named(field.type))
    case Kind.UNION_TYPE_DEFINITION:
      return names(definition.types)
    default:
      return []
  }
}
