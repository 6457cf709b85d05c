// Answers that GitHub gave, with their validators, within a number of bytes: in memory, or in a file that outlives the process.
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** An answer as it is kept. */
export interface Stored {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Milliseconds since the epoch. */
  readonly storedAt: number
}

/** Never fails: what cannot be read counts as not there, what cannot be written is left out. */
export interface ResponseStore {
  get(key: string): Stored | undefined
  /** In place of what is there. Too large an answer is forgotten instead. */
  set(key: string, stored: Stored): void
  delete(key: string): void
  /** Bytes that are kept, with what they need beside the bodies. */
  size(): number
  close(): void
}

// A row beside its body and headers: key, index, times.
const overheadBytes = 300
// One answer may not push out everything else.
const largestShare = 8
// Bumped when rows of older versions cannot be read.
const schema = 1

/**
 * @param file Of the database, in an existing folder; undefined keeps it in memory. One that cannot be read is begun anew.
 * @param mostBytes The least recently used answers go first.
 */
export function openResponseStore(file: string | undefined, mostBytes: number): ResponseStore {
  const db = file === undefined ? open(':memory:') : openFile(file)
  const select = db.prepare('SELECT status, headers, body, stored_at FROM answers WHERE key = ?')
  const sizeOf = db.prepare('SELECT size FROM answers WHERE key = ?')
  const touch = db.prepare('UPDATE answers SET used = ? WHERE key = ?')
  const insert = db.prepare('INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)')
  const remove = db.prepare('DELETE FROM answers WHERE key = ?')
  const oldest = db.prepare('SELECT key FROM answers ORDER BY used LIMIT 20')
  const sums = db.prepare('SELECT coalesce(sum(size), 0) AS size, coalesce(max(used), 0) AS used FROM answers').get()
  let size = Number(sums?.size)
  // Order of use, not time: several uses may fall into one millisecond.
  let used = Number(sums?.used)

  const drop = (key: string) => {
    size -= Number(sizeOf.get(key)?.size ?? 0)
    remove.run(key)
  }
  const shrink = () => {
    while (size > mostBytes) {
      const keys = oldest.all().map(({ key }) => String(key))
      if (keys.length === 0) return
      for (const key of keys) if (size > mostBytes) drop(key)
    }
  }
  /** Another process may hold the file, the disk may be full: a cache is no reason to fail. */
  const gently = <T>(act: () => T): T | undefined => {
    try {
      return act()
    } catch {
      return undefined
    }
  }
  gently(shrink)
  return {
    get: (key) =>
      gently(() => {
        const row = select.get(key)
        if (!row) return undefined
        touch.run(++used, key)
        const { status, headers, body, stored_at } = row
        return {
          status: Number(status),
          headers: JSON.parse(String(headers)),
          body: body instanceof Uint8Array ? body : new Uint8Array(),
          storedAt: Number(stored_at),
        }
      }),
    set: (key, { status, headers, body, storedAt }) =>
      void gently(() => {
        const text = JSON.stringify(headers)
        const bytes = body.length + text.length + overheadBytes
        drop(key)
        if (bytes > mostBytes / largestShare) return
        insert.run(key, status, text, body, storedAt, ++used, bytes)
        size += bytes
        shrink()
      }),
    delete: (key) => void gently(() => drop(key)),
    size: () => size,
    close: () => db.close(),
  }
}

function openFile(file: string): DatabaseSync {
  try {
    return open(file)
  } catch {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
    return open(file)
  }
}

function open(location: string): DatabaseSync {
  const db = new DatabaseSync(location)
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
    if (version !== schema) db.exec('DROP TABLE IF EXISTS answers')
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA busy_timeout = 200;
      PRAGMA journal_size_limit = 4194304;
      PRAGMA user_version = ${schema};
      CREATE TABLE IF NOT EXISTS answers (
        key TEXT PRIMARY KEY, status INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL,
        stored_at INTEGER NOT NULL, used INTEGER NOT NULL, size INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS answers_by_use ON answers (used);
    `)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
