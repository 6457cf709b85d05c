// Strategic merge patch: a merge patch that knows which lists of the built-in kinds merge by key.
import { isDeepStrictEqual } from 'node:util'
import { isJson, type Json } from '../object.ts'
import { type RootedSchema, resolve, type Schema } from '../schema/types.ts'
import { badRequest } from '../status.ts'

const deleteFromList = '$deleteFromPrimitiveList/'
const setOrder = '$setElementOrder/'

/** Applies a strategic merge patch with its directives ($patch, $retainKeys, …). Inputs stay as they are. */
export function strategicMergePatch(target: Json, patch: Json, { schema, definitions }: RootedSchema): Json {
  function merge(before: Json, change: Json, node: Schema): Json {
    const directive = change.$patch
    if (directive === 'replace') return withoutDirectives(change)
    if (directive === 'delete') return {}
    if (directive !== undefined && directive !== 'merge')
      throw badRequest(`unknown $patch ${JSON.stringify(directive)}`)
    const retain = change.$retainKeys
    const out: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(before)) {
      if (!Array.isArray(retain) || retain.includes(key)) out[key] = value
    }
    for (const [key, value] of Object.entries(change)) {
      if (key.startsWith(deleteFromList) && Array.isArray(value)) {
        const field = key.slice(deleteFromList.length)
        const list = out[field]
        if (Array.isArray(list))
          out[field] = list.filter((item) => !value.some((gone) => isDeepStrictEqual(gone, item)))
      }
    }
    for (const [key, value] of Object.entries(change)) {
      if (key.startsWith('$')) continue
      if (value === null) {
        delete out[key]
        continue
      }
      const child = childSchema(node, key)
      const old = Object.hasOwn(out, key) ? out[key] : undefined
      if (Array.isArray(value)) out[key] = mergeList(Array.isArray(old) ? old : [], value, child)
      else if (isJson(value)) {
        if (value.$patch === 'delete') delete out[key]
        else out[key] = merge(isJson(old) ? old : {}, value, child)
      } else out[key] = value
    }
    for (const [key, order] of Object.entries(change)) {
      if (!key.startsWith(setOrder) || !Array.isArray(order)) continue
      const field = key.slice(setOrder.length)
      const list = out[field]
      if (Array.isArray(list))
        out[field] = ordered(list, order, childSchema(node, field)['x-kubernetes-patch-merge-key'])
    }
    return out
  }

  function mergeList(before: readonly unknown[], change: readonly unknown[], node: Schema): readonly unknown[] {
    const replaces = change.some((item) => isJson(item) && item.$patch === 'replace')
    if (replaces) return change.filter((item) => !(isJson(item) && item.$patch === 'replace'))
    if (node['x-kubernetes-patch-strategy'] !== 'merge') return change
    const key = node['x-kubernetes-patch-merge-key']
    if (key === undefined) return [...new Set([...before, ...change])]
    let out = [...before]
    for (const item of change) {
      if (!isJson(item)) throw badRequest(`a strategic merge patch needs objects in a list that is merged by ${key}`)
      if (item[key] === undefined)
        throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`)
      if (item.$patch === 'delete') {
        out = out.filter((old) => !(isJson(old) && old[key] === item[key]))
        continue
      }
      const index = out.findIndex((old) => isJson(old) && old[key] === item[key])
      const old = out[index]
      const merged = merge(isJson(old) ? old : {}, item, node.items ? resolve(node.items, definitions) : {})
      if (index >= 0) out[index] = merged
      else out.push(merged)
    }
    return out
  }

  function childSchema(node: Schema, key: string): Schema {
    const { properties, additionalProperties } = node
    const known = properties && Object.hasOwn(properties, key) ? properties[key] : undefined
    const child = known ?? (typeof additionalProperties === 'object' ? additionalProperties : {})
    // The list's own rules stand beside the reference, so that both are needed.
    return { ...resolve(child, definitions), ...child }
  }

  return merge(target, patch, resolve(schema, definitions))
}

function withoutDirectives(change: Json): Json {
  return Object.fromEntries(Object.entries(change).filter(([key]) => !key.startsWith('$')))
}

// Items named in `order` come in that order; the others keep their place after the item they followed.
function ordered(list: readonly unknown[], order: readonly unknown[], key: string | undefined): readonly unknown[] {
  const idOf = (item: unknown) => (key !== undefined && isJson(item) ? item[key] : item)
  const wanted = order.map(idOf)
  const rank = new Map<unknown, number>()
  let last = -1
  for (const item of list) {
    const position = wanted.indexOf(idOf(item))
    if (position >= 0) last = position
    rank.set(item, position >= 0 ? position : last + 0.5)
  }
  return [...list].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
}
