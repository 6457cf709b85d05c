// The SQL of the store.
import { DatabaseSync } from 'node:sqlite'

const columns = 'id, resource, namespace, name, uid, revision, labels, fields, body'

/** A connection that only reads. */
export interface Reader {
  readonly db: DatabaseSync
  readonly read: ReturnType<typeof readStatements>
}

/** Opens a second connection: it sees what is committed, and keeps seeing exactly that until its transaction ends. */
export function openReader(path: string): Reader {
  const db = new DatabaseSync(path, { readOnly: true })
  return { db, read: readStatements(db) }
}

/** Statements that only look. */
export function readStatements(db: DatabaseSync) {
  return {
    counter: db.prepare('SELECT value FROM counters WHERE name = ?'),
    get: db.prepare(`SELECT ${columns} FROM objects WHERE resource = ? AND namespace = ? AND name = ?`),
    byUid: db.prepare(`SELECT ${columns} FROM objects WHERE uid = ?`),
    anyIn: db.prepare('SELECT 1 FROM objects WHERE namespace = ? LIMIT 1'),
    dependents: db.prepare(`SELECT ${columns} FROM owners JOIN objects ON objects.id = owners.object WHERE owner = ?`),
    listAll: db.prepare(
      `SELECT ${columns} FROM objects WHERE resource = ? AND (namespace, name) > (?, ?) ORDER BY namespace, name`,
    ),
    listIn: db.prepare(
      `SELECT ${columns} FROM objects WHERE resource = ? AND namespace = ? AND name > ? ORDER BY name`,
    ),
    missingOwners: db.prepare(
      'SELECT DISTINCT owner FROM owners WHERE NOT EXISTS (SELECT 1 FROM objects WHERE objects.uid = owners.owner)',
    ),
    writtenBefore: db.prepare(`SELECT ${columns} FROM objects WHERE resource = ? AND written < ? LIMIT 1000`),
    changes: db.prepare('SELECT * FROM history WHERE revision > ? ORDER BY revision LIMIT ?'),
    lastBefore: db.prepare('SELECT max(revision) AS revision FROM history WHERE at < ?'),
  }
}

/** Statements that change something. */
export function writeStatements(db: DatabaseSync) {
  return {
    savepoint: db.prepare('SAVEPOINT write'),
    undo: db.prepare('ROLLBACK TO write'),
    release: db.prepare('RELEASE write'),
    setCounter: db.prepare(
      'INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ),
    insert: db.prepare(
      'INSERT INTO objects (resource, namespace, name, uid, revision, written, labels, fields, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    update: db.prepare('UPDATE objects SET revision = ?, written = ?, labels = ?, fields = ?, body = ? WHERE id = ?'),
    remove: db.prepare('DELETE FROM objects WHERE id = ?'),
    addOwner: db.prepare('INSERT OR IGNORE INTO owners VALUES (?, ?)'),
    dropOwners: db.prepare('DELETE FROM owners WHERE object = ?'),
    addChange: db.prepare('INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    dropHistory: db.prepare('DELETE FROM history WHERE revision <= ?'),
  }
}
