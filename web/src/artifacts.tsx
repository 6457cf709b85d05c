// The files of a run, folder by folder. Files are saved, never shown here: a job may have written anything into them.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Folder } from '../../src/deck/wire.ts'
import { getJson } from './api.ts'
import { bytes, exact } from './durations.ts'
import { FileIcon, FolderIcon } from './icons.tsx'

export function Artifacts({ root }: { root: string }) {
  const [path, setPath] = useState<readonly { name: string; href: string }[]>([])
  const href = path.at(-1)?.href ?? root
  const folder = useQuery({ queryKey: ['folder', href], queryFn: ({ signal }) => getJson<Folder>(href, signal) })
  const entries = [...(folder.data?.entries ?? [])].sort((a, b) => Number(b.folder) - Number(a.folder))
  return (
    <section className="card">
      <h2>Artifacts</h2>
      <nav className="crumbs" aria-label="Folder">
        <button type="button" className="link" disabled={path.length === 0} onClick={() => setPath([])}>
          run
        </button>
        {path.map(({ name, href: at }, depth) => (
          <span key={at}>
            {' / '}
            <button
              type="button"
              className="link"
              disabled={depth === path.length - 1}
              onClick={() => setPath(path.slice(0, depth + 1))}
            >
              {name}
            </button>
          </span>
        ))}
      </nav>
      {folder.isError && <p className="note">The folder could not be read: {folder.error.message}</p>}
      {folder.data && entries.length === 0 && <p className="muted">There is nothing in this folder.</p>}
      <ul className="files">
        {entries.map((entry) => (
          <li key={entry.name}>
            {entry.folder ? (
              <button
                type="button"
                className="link"
                onClick={() => setPath([...path, { name: entry.name, href: entry.href }])}
              >
                <FolderIcon />
                {entry.name}
              </button>
            ) : (
              <a
                href={entry.href}
                download={entry.name}
                title={`Save ${entry.name}${entry.modified ? `, written ${exact(entry.modified)}` : ''}`}
              >
                <FileIcon />
                {entry.name}
              </a>
            )}
            {!entry.folder && <span className="muted number">{bytes(entry.size)}</span>}
          </li>
        ))}
      </ul>
      {folder.data?.cut && <p className="muted">Only the first {entries.length.toLocaleString()} entries are shown.</p>}
    </section>
  )
}
