// The store: documents and webhook deliveries in one SQLite file that survives kill -9.
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

/** One attempt to deliver one webhook. */
export interface DeliveryRow {
  readonly id: number
  readonly hook: number
  readonly guid: string
  readonly event: string
  readonly action: string | null
  readonly repo: number | null
  readonly installation: number | null
  /** The body, exactly as it is signed and sent. */
  readonly payload: string
  readonly redelivery: 0 | 1
  readonly created_at: string
  /** Null until the outcome is known. */
  readonly status: string | null
  readonly status_code: number
  readonly url: string
  readonly delivered_at: string | null
  /** Seconds. */
  readonly duration: number
  readonly request_headers: string
  readonly response_headers: string
  readonly response_body: string
}

/** What is known once a delivery was tried. */
export type DeliveryOutcome = Pick<
  DeliveryRow,
  | 'id'
  | 'status'
  | 'status_code'
  | 'url'
  | 'delivered_at'
  | 'duration'
  | 'request_headers'
  | 'response_headers'
  | 'response_body'
>

export type Store = ReturnType<typeof openStore>

// GitHub keeps deliveries for days; a simulator keeps as many as a person may want to look back at.
const deliveriesKept = 3000

/** Opens or creates the file. WAL with synchronous NORMAL: a killed process loses nothing that was committed. */
export function openStore(path: string) {
  const db = new DatabaseSync(path, { timeout: 500 })
  try {
    // Held until the end: everything is in memory as well, and two simulators would not see each other's changes.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; COMMIT')
  } catch (error) {
    db.close()
    throw new Error(`${path} is in use by another simulator, or cannot be written`, { cause: error })
  }
  db.exec(`
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS record (
      kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (kind, key)
    );
    CREATE TABLE IF NOT EXISTS delivery (
      id INTEGER PRIMARY KEY, hook INTEGER NOT NULL, guid TEXT NOT NULL, event TEXT NOT NULL, action TEXT,
      repo INTEGER, installation INTEGER, payload TEXT NOT NULL, redelivery INTEGER NOT NULL, created_at TEXT NOT NULL,
      status TEXT, status_code INTEGER NOT NULL DEFAULT 0, url TEXT NOT NULL DEFAULT '', delivered_at TEXT,
      duration REAL NOT NULL DEFAULT 0, request_headers TEXT NOT NULL DEFAULT '{}',
      response_headers TEXT NOT NULL DEFAULT '{}', response_body TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX IF NOT EXISTS delivery_hook ON delivery (hook, id);
    CREATE INDEX IF NOT EXISTS delivery_unsent ON delivery (id) WHERE status IS NULL;
  `)
  const load = db.prepare('SELECT key, value FROM record WHERE kind = ? ORDER BY rowid')
  const put = db.prepare(
    'INSERT INTO record (kind, key, value) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value',
  )
  const remove = db.prepare('DELETE FROM record WHERE kind = ? AND key = ?')
  const insertDelivery = db.prepare(`
    INSERT INTO delivery (id, hook, guid, event, action, repo, installation, payload, redelivery, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const trimDeliveries = db.prepare(`
    DELETE FROM delivery WHERE status IS NOT NULL
    AND id <= (SELECT id FROM delivery ORDER BY id DESC LIMIT 1 OFFSET ${deliveriesKept})`)
  const outcome = db.prepare(`
    UPDATE delivery SET status = ?, status_code = ?, url = ?, delivered_at = ?, duration = ?, request_headers = ?,
    response_headers = ?, response_body = ? WHERE id = ?`)
  const rows = (where: string, ...values: SQLInputValue[]): DeliveryRow[] =>
    db.prepare(`SELECT * FROM delivery ${where}`).all(...values) as unknown as DeliveryRow[]

  return {
    load: (kind: string): { key: string; value: string }[] =>
      load.all(kind).map(({ key, value }) => ({ key: String(key), value: String(value) })),
    put: (kind: string, key: string, value: string): void => void put.run(kind, key, value),
    remove: (kind: string, key: string): void => void remove.run(kind, key),
    /** All or nothing. */
    transaction(write: () => void): void {
      db.exec('BEGIN IMMEDIATE')
      try {
        write()
        db.exec('COMMIT')
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
    },
    addDelivery(row: NewDelivery): void {
      insertDelivery.run(
        row.id,
        row.hook,
        row.guid,
        row.event,
        row.action,
        row.repo,
        row.installation,
        row.payload,
        row.redelivery,
        row.created_at,
      )
      if (row.id % 50 === 0) trimDeliveries.run()
    },
    finishDelivery: (o: DeliveryOutcome): void =>
      void outcome.run(
        o.status,
        o.status_code,
        o.url,
        o.delivered_at,
        o.duration,
        o.request_headers,
        o.response_headers,
        o.response_body,
        o.id,
      ),
    delivery: (id: number): DeliveryRow | undefined => rows('WHERE id = ?', id)[0],
    /** Newest first. */
    deliveriesOf: (hook: number, before: number, limit: number): DeliveryRow[] =>
      rows('WHERE hook = ? AND id < ? ORDER BY id DESC LIMIT ?', hook, before, limit),
    /** Newest first, of all hooks. */
    recentDeliveries: (limit: number): DeliveryRow[] => rows('ORDER BY id DESC LIMIT ?', limit),
    /** Those after `id` without an outcome, oldest first. */
    unsentDeliveries: (id: number): DeliveryRow[] => rows('WHERE status IS NULL AND id > ? ORDER BY id', id),
    close: (): void => db.close(),
  }
}

/** A delivery before it was tried. */
export type NewDelivery = Pick<
  DeliveryRow,
  'id' | 'hook' | 'guid' | 'event' | 'action' | 'repo' | 'installation' | 'payload' | 'redelivery' | 'created_at'
>
