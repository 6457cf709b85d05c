// What list routes have in common: pages with their Link header, `since` and the order.
import { Refusal } from '../errors.ts'

type Query = (name: string) => string | undefined

/** Cuts the asked-for page out and, where there are others, says so in the Link header. */
export function paginate<T>(items: readonly T[], url: string, query: Query): { items: T[]; link: string | undefined } {
  const size = Math.min(positive(query('per_page')) ?? 30, 100)
  const page = positive(query('page')) ?? 1
  const last = Math.max(1, Math.ceil(items.length / size))
  const at = (number: number): string => {
    const target = new URL(url)
    target.searchParams.set('page', String(number))
    return target.href
  }
  const links: [rel: string, page: number][] = []
  if (page > 1) links.push(['prev', Math.min(page - 1, last)])
  if (page < last) links.push(['next', page + 1], ['last', last])
  if (page > 1) links.push(['first', 1])
  return {
    items: items.slice((page - 1) * size, page * size),
    link: links.length === 0 ? undefined : links.map(([rel, number]) => `<${at(number)}>; rel="${rel}"`).join(', '),
  }
}

function positive(text: string | undefined): number | undefined {
  const number = Number(text)
  return Number.isInteger(number) && number > 0 ? number : undefined
}

/** Those that changed at or after `since`. */
export function since<T extends { readonly updated_at: string }>(items: readonly T[], query: Query): T[] {
  const text = query('since')
  if (text === undefined) return [...items]
  const from = Date.parse(text)
  if (Number.isNaN(from)) throw new Refusal(422, `since ${text} is not a time`)
  return items.filter((item) => Date.parse(item.updated_at) >= from)
}

/** Newest first unless `sort` and `direction` say otherwise. */
export function inOrder<
  T extends { readonly number: number; readonly created_at: string; readonly updated_at: string },
>(items: readonly T[], query: Query): T[] {
  const by = query('sort') === 'updated' ? 'updated_at' : 'created_at'
  const sign = query('direction') === 'asc' ? 1 : -1
  return items.toSorted((a, b) => sign * (a[by].localeCompare(b[by]) || a.number - b.number))
}
