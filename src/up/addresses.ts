// addresses.json: where everything is, for scripts; written when all of it answers, removed when it ends.
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Base URLs by component, and what opens doors there; so the file is its owner's alone. */
export interface Addresses {
  readonly deck: string
  /** Deck's address that makes a browser its administrator's. */
  readonly admin: string
  readonly hook: string
  readonly api: string
  readonly metrics: string
  /** Absent with a real GitHub. */
  readonly simulator?: string
  /** Login → token; only for the simulator. */
  readonly tokens?: Readonly<Record<string, string>>
}

const file = (dataDir: string) => join(dataDir, 'addresses.json')

/** A reader sees the whole file or none: it waits for the file to appear, then trusts what it says. */
export async function writeAddresses(dataDir: string, addresses: Addresses): Promise<void> {
  const temporary = `${file(dataDir)}.new`
  await writeFile(temporary, `${JSON.stringify(addresses, null, 2)}\n`, { mode: 0o600 })
  await rename(temporary, file(dataDir))
}

/** Before a start and after an end, so that nobody finds the addresses of a process that is gone. */
export async function removeAddresses(dataDir: string): Promise<void> {
  await rm(file(dataDir), { force: true })
}
