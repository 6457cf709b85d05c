// The journal: every delivery that was answered 200, until all of its work is done. Survives kill -9 and power loss.
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** A webhook delivery as it came in. */
export interface Delivery {
  /** X-GitHub-Delivery. */
  readonly id: string
  /** X-GitHub-Event. */
  readonly event: string
  /** All request headers, for external plugins. Names are lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
}

/** A delivery with work left, without its body, in order of receipt. */
interface Unfinished {
  readonly id: string
  /** Tasks that are left, by name; undefined: not yet planned. */
  readonly tasks: ReadonlyMap<string, OpenTask> | undefined
}

interface OpenTask {
  /** How many may have begun. */
  readonly attempts: number
  /** It asked not to run before that time. Milliseconds since the epoch; 0 when it did not. */
  readonly notBefore: number
}

interface FailedTask {
  readonly id: string
  readonly event: string
  readonly task: string
  readonly attempts: number
  readonly error: string
  readonly receivedAt: number
}

/**
 * What hook remembers. Promises resolve when the fact is on disk; writes that are asked for in the same turn of the event
 * loop share one sync, which is what makes thousands of deliveries a second possible.
 */
export interface Journal {
  /**
   * Records a delivery. `known`: it was recorded before and is not to be handled again. `again`: it had failed, and was
   * sent once more by a person, so its failed tasks are open again.
   */
  receive(delivery: Delivery): Promise<'new' | 'known' | 'again'>
  /** Records what has to be done for a delivery; no tasks means that it is done. */
  plan(id: string, tasks: readonly string[]): Promise<void>
  /** Records an attempt that failed and will be repeated. */
  attempted(id: string, task: string, error: string): Promise<void>
  /** Records that a task wants to run again, at `until` or later. Until then restarts are no attempts of it. */
  postpone(id: string, task: string, until: number): Promise<void>
  /** Records that a task which was put off begins. */
  begin(id: string, task: string): Promise<void>
  /** Records the end of a task: with an error it is kept as failed. */
  finish(id: string, task: string, error?: string): Promise<void>
  /** Everything that is left to do. */
  unfinished(): Unfinished[]
  /** What is left to do for one delivery; undefined when nothing is. */
  left(id: string): Unfinished | undefined
  /** The whole delivery; undefined when it is done or unknown. */
  read(id: string): Delivery | undefined
  /** Failed tasks, newest first. */
  failed(limit: number): FailedTask[]
  /** Whether a delivery was recorded. Done ones are forgotten after a while. */
  knows(id: string): boolean
  /** What was noted under a name; undefined when nothing was. */
  note(name: string): string | undefined
  /** Notes something, in the place of what was noted before. */
  setNote(name: string, text: string): Promise<void>
  /** Forgets done deliveries received before `doneBefore`, and failed ones received before `failedBefore` (ms since the epoch). */
  prune(doneBefore: number, failedBefore: number): Promise<void>
  /** Writes what was asked for and closes the file. Later calls do nothing. */
  close(): void
}

const schema = `
  CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    event TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'planned', 'done', 'failed')),
    headers TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS unfinished ON deliveries (seq) WHERE state IN ('new', 'planned');
  CREATE INDEX IF NOT EXISTS by_age ON deliveries (received_at);
  CREATE TABLE IF NOT EXISTS tasks (
    seq INTEGER NOT NULL REFERENCES deliveries (seq) ON DELETE CASCADE,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    not_before INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (seq, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
`
const newest = 2
const setVersion = `PRAGMA user_version = ${newest};`

/** Opens the journal in a SQLite file, or makes it. A task that was open when the file was closed counts as attempted. */
export function openJournal(path: string): Journal {
  // Webhooks of private repositories are nobody else's business.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 })
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (version > newest)
    throw new Error(`${path} was written by a newer Bowsprit (journal version ${version}, this one knows ${newest})`)
  if (version === 1)
    db.exec(`BEGIN; ALTER TABLE tasks ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0; ${setVersion} COMMIT`)
  db.exec(`${schema} ${setVersion}`)
  // It may have run when the process died. Counting it also ends the life of a task that kills the process each time.
  db.exec(`UPDATE tasks SET attempts = attempts + 1 WHERE state = 'pending' AND not_before = 0`)

  const seqOf = db.prepare('SELECT seq, state FROM deliveries WHERE id = ?')
  const insert = db.prepare(
    `INSERT INTO deliveries (id, event, received_at, state, headers, body) VALUES (?, ?, ?, 'new', ?, ?)`,
  )
  const setState = db.prepare('UPDATE deliveries SET state = ? WHERE seq = ?')
  const forgetBody = db.prepare(`UPDATE deliveries SET state = 'done', headers = '{}', body = x'' WHERE seq = ?`)
  const reopen = db.prepare(`UPDATE tasks SET state = 'pending', attempts = 1 WHERE seq = ? AND state = 'failed'`)
  const insertTask = db.prepare(`INSERT OR IGNORE INTO tasks (seq, name, state) VALUES (?, ?, 'pending')`)
  const countAttempt = db.prepare('UPDATE tasks SET attempts = attempts + 1, error = ? WHERE seq = ? AND name = ?')
  const putOff = db.prepare('UPDATE tasks SET not_before = ? WHERE seq = ? AND name = ?')
  const endTask = db.prepare(
    'UPDATE tasks SET state = ?, attempts = attempts + 1, error = ? WHERE seq = ? AND name = ?',
  )
  const countOpen = db.prepare(
    `SELECT count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'failed') AS failed
     FROM tasks WHERE seq = ?`,
  )
  const whole = db.prepare('SELECT * FROM deliveries WHERE id = ?')
  const open = db.prepare(`SELECT seq, id, state FROM deliveries WHERE state IN ('new', 'planned') ORDER BY seq`)
  const openTasks = db.prepare(
    `SELECT name, attempts, not_before AS notBefore FROM tasks WHERE seq = ? AND state = 'pending'`,
  )
  const failures = db.prepare(
    `SELECT id, event, name AS task, attempts, error, received_at AS receivedAt FROM tasks JOIN deliveries USING (seq)
     WHERE tasks.state = 'failed' ORDER BY seq DESC, name LIMIT ?`,
  )
  const pruneDone = db.prepare(`DELETE FROM deliveries WHERE state = 'done' AND received_at < ?`)
  const pruneFailed = db.prepare(`DELETE FROM deliveries WHERE state = 'failed' AND received_at < ?`)

  const noted = db.prepare('SELECT text FROM notes WHERE name = ?')
  const note = db.prepare('INSERT OR REPLACE INTO notes (name, text) VALUES (?, ?)')

  const write = groupCommit(db)
  const find = (id: string) => seqOf.get(id) as { seq: number; state: string } | undefined

  function closeIfFinished(seq: number) {
    const { pending, failed } = countOpen.get(seq) as { pending: number; failed: number }
    if (pending > 0) return
    if (failed > 0) setState.run('failed', seq)
    else forgetBody.run(seq)
  }

  function unfinished(row: { seq: number; id: string; state: string }): Unfinished {
    if (row.state === 'new') return { id: row.id, tasks: undefined }
    const tasks = openTasks.all(row.seq) as unknown as (OpenTask & { name: string })[]
    return { id: row.id, tasks: new Map(tasks.map(({ name, ...task }) => [name, task])) }
  }

  return {
    receive: (delivery) =>
      write(() => {
        const known = find(delivery.id)
        if (known?.state === 'failed') {
          reopen.run(known.seq)
          setState.run('planned', known.seq)
          return 'again'
        }
        if (known) return 'known'
        const { id, event, receivedAt, headers, body } = delivery
        insert.run(id, event, receivedAt, JSON.stringify(headers), body)
        return 'new'
      }),
    plan: (id, tasks) =>
      write(() => {
        const found = find(id)
        if (!found) return
        for (const task of tasks) insertTask.run(found.seq, task)
        setState.run('planned', found.seq)
        closeIfFinished(found.seq)
      }),
    attempted: (id, task, error) =>
      write(() => {
        const found = find(id)
        if (found) countAttempt.run(error, found.seq, task)
      }),
    postpone: (id, task, until) =>
      write(() => {
        const found = find(id)
        if (found) putOff.run(until, found.seq, task)
      }),
    begin: (id, task) =>
      write(() => {
        const found = find(id)
        if (found) putOff.run(0, found.seq, task)
      }),
    finish: (id, task, error) =>
      write(() => {
        const found = find(id)
        if (!found) return
        endTask.run(error === undefined ? 'done' : 'failed', error ?? '', found.seq, task)
        closeIfFinished(found.seq)
      }),
    unfinished: () => (open.all() as { seq: number; id: string; state: string }[]).map(unfinished),
    left(id) {
      const found = find(id)
      return found && (found.state === 'new' || found.state === 'planned') ? unfinished({ id, ...found }) : undefined
    },
    read(id) {
      const row = whole.get(id)
      if (!row || row.state === 'done') return undefined
      return {
        id,
        event: String(row.event),
        receivedAt: Number(row.received_at),
        headers: JSON.parse(String(row.headers)) as Record<string, string>,
        body: row.body as Uint8Array,
      }
    },
    knows: (id) => find(id) !== undefined,
    note(name) {
      const row = noted.get(name)
      return row && String(row.text)
    },
    setNote: (name, text) => write(() => void note.run(name, text)),
    failed: (limit) => failures.all(limit) as unknown as FailedTask[],
    prune: (doneBefore, failedBefore) =>
      write(() => {
        pruneDone.run(doneBefore)
        pruneFailed.run(failedBefore)
      }),
    close: () => write.close(),
  }
}

type Job = { run(): unknown; resolve(value: never): void; reject(error: unknown): void }

interface GroupCommit {
  <T>(run: () => T): Promise<T>
  close(): void
}

/** Runs what was asked for since the last turn of the event loop in one transaction, and answers after its commit. */
function groupCommit(db: DatabaseSync): GroupCommit {
  let waiting: Job[] = []
  let closed = false

  function flush() {
    const jobs = waiting
    waiting = []
    if (jobs.length === 0) return
    try {
      db.exec('BEGIN IMMEDIATE')
      const results = jobs.map((job) => job.run())
      db.exec('COMMIT')
      for (const [index, job] of jobs.entries()) job.resolve(results[index] as never)
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      // One bad write must not take the others of its group down.
      if (jobs.length > 1) for (const job of jobs) alone(job)
      else jobs[0]?.reject(error)
    }
  }

  function alone(job: Job) {
    waiting = [job]
    flush()
  }

  const write: GroupCommit = <T>(run: () => T) =>
    new Promise<T>((resolve, reject) => {
      // After the end the process is on its way out; what is not written will be done again at the next start.
      if (closed) return
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ run, resolve, reject })
    })
  write.close = () => {
    if (closed) return
    flush()
    closed = true
    db.close()
  }
  return write
}
