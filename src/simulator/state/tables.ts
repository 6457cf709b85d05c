// Tables: records in memory, written through to the store in one transaction per change.
import type { NewDelivery, Store } from './store.ts'

/** Records of one kind, in the order in which they were first put. */
interface Table<T> {
  get(key: string | number): T | undefined
  /** Adds or replaces. Only inside `commit`. */
  put(record: T): T
  delete(key: string | number): void
  all(): IterableIterator<T>
  /** The records of one group, e.g. the comments of one issue. */
  of(group: string | number): readonly T[]
}

/** How the records of a kind are told apart and grouped. */
interface Kind<T> {
  readonly name: string
  key(record: T): string | number
  group?(record: T): string | number
}

export interface Batch {
  table<T>(kind: Kind<T>): Table<T>
  addDelivery(row: NewDelivery): void
  /** A number that was never given out before. Only inside `commit`. */
  nextId(): number
  /**
   * Runs `change`, which must be synchronous, and makes all of it durable before returning. When it throws, nothing
   * has changed. May be nested: the outermost one writes.
   */
  commit<R>(change: () => R): R
}

/** `written` is called after each commit that changed something. */
export function openTables(store: Store, written: () => void): Batch {
  let undo: (() => void)[] = []
  let writes = new Map<string, () => void>()
  let depth = 0
  let deliveries: NewDelivery[] = []
  let lastId = Number(store.load('meta').find((row) => row.key === 'last_id')?.value ?? 1000)

  function change(key: string, write: () => void, back: () => void): void {
    if (depth === 0) throw new Error(`${key} is changed outside of commit`)
    writes.set(key, write)
    undo.push(back)
  }

  function table<T>(kind: Kind<T>): Table<T> {
    const records = new Map<string, T>()
    const groups = new Map<string, Map<string, T>>()
    const set = (key: string, record: T): void => {
      records.set(key, record)
      if (!kind.group) return
      const group = String(kind.group(record))
      const members = groups.get(group) ?? new Map<string, T>()
      groups.set(group, members.set(key, record))
    }
    const unset = (key: string, record: T): void => {
      records.delete(key)
      if (kind.group) groups.get(String(kind.group(record)))?.delete(key)
    }
    for (const { key, value } of store.load(kind.name)) set(key, JSON.parse(value))
    return {
      get: (key) => records.get(String(key)),
      put(record) {
        const key = String(kind.key(record))
        const before = records.get(key)
        change(
          `${kind.name} ${key}`,
          () => store.put(kind.name, key, JSON.stringify(record)),
          () => (before === undefined ? unset(key, record) : set(key, before)),
        )
        set(key, record)
        return record
      },
      delete(given) {
        const key = String(given)
        const before = records.get(key)
        if (before === undefined) return
        change(
          `${kind.name} ${key}`,
          () => store.remove(kind.name, key),
          () => set(key, before),
        )
        unset(key, before)
      },
      all: () => records.values(),
      of: (group) => [...(groups.get(String(group))?.values() ?? [])],
    }
  }

  function commit<R>(body: () => R): R {
    depth += 1
    try {
      const result = body()
      if (depth === 1 && (writes.size > 0 || deliveries.length > 0)) {
        store.transaction(() => {
          for (const write of writes.values()) write()
          for (const row of deliveries) store.addDelivery(row)
        })
        undo = []
        writes = new Map()
        deliveries = []
        depth = 0
        written()
        depth = 1
      }
      return result
    } catch (error) {
      // The outermost change is taken back as a whole: whoever catches inside a nested one must throw on.
      for (const back of undo.reverse()) back()
      undo = []
      writes = new Map()
      deliveries = []
      throw error
    } finally {
      depth -= 1
    }
  }

  return {
    table,
    commit,
    addDelivery: (row) => void deliveries.push(row),
    nextId() {
      const before = lastId
      lastId += 1
      const now = lastId
      change(
        'meta last_id',
        () => store.put('meta', 'last_id', String(now)),
        () => {
          lastId = before
        },
      )
      return lastId
    },
  }
}
