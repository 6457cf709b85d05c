// The tables of the store, and how an older database is brought up to date.
import type { DatabaseSync } from 'node:sqlite'

// Each entry brings the database one version further; a published entry never changes.
const migrations = [
  `
  CREATE TABLE objects (
    id INTEGER PRIMARY KEY,
    resource TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    uid TEXT NOT NULL,
    revision INTEGER NOT NULL,
    written INTEGER NOT NULL,
    labels TEXT NOT NULL,
    fields TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (resource, namespace, name)
  ) STRICT;
  CREATE INDEX objects_by_uid ON objects (uid);
  CREATE INDEX objects_by_namespace ON objects (namespace);
  CREATE INDEX events_by_age ON objects (resource, written) WHERE resource = 'events';

  CREATE TABLE owners (
    owner TEXT NOT NULL,
    object INTEGER NOT NULL,
    PRIMARY KEY (owner, object)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX owners_by_object ON owners (object);

  CREATE TABLE history (
    revision INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    resource TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    labels TEXT NOT NULL,
    fields TEXT NOT NULL,
    old_labels TEXT,
    old_fields TEXT,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX history_by_age ON history (at);

  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
]

/** Creates or upgrades the tables. Throws when a newer version of the program wrote the database. */
export function migrate(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  if (version > migrations.length) {
    throw new Error(
      `the database has version ${version}, this program knows versions up to ${migrations.length}: start the newer program, or use another data directory`,
    )
  }
  for (const [index, script] of migrations.entries()) {
    if (index >= version) db.exec(`BEGIN IMMEDIATE; ${script}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}
