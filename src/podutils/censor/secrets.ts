// Reads the secrets that were mounted into a Pod.
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { messageOf } from '../log.ts'
import { isObject } from '../options.ts'

export interface Secrets {
  /** Contents of files first, then what was found inside of them. */
  readonly values: readonly Buffer[]
  readonly problems: readonly string[]
}

/**
 * All files below the folders. Names that begin with `..` are how Kubernetes keeps old versions. What cannot be read or
 * understood is told and does not keep the rest from being censored.
 */
export async function loadSecrets(folders: readonly string[], iniFiles: readonly string[] = []): Promise<Secrets> {
  const files: Buffer[] = []
  const fields: string[] = []
  const problems: string[] = []
  const visit = async (path: string): Promise<void> => {
    try {
      if ((await stat(path)).isDirectory()) {
        const names = (await readdir(path)).filter((name) => !name.startsWith('..')).sort()
        for (const name of names) await visit(join(path, name))
        return
      }
      const content = await readFile(path)
      files.push(content)
      fields.push(...fieldsOf(basename(path), content.toString(), iniFiles))
    } catch (error) {
      problems.push(`could not read secret ${path}: ${messageOf(error)}`)
    }
  }
  for (const folder of folders) await visit(folder)
  return { values: [...files, ...fields.map((field) => Buffer.from(field))], problems }
}

/** Secrets inside of a secret file whose format is known. */
function fieldsOf(name: string, content: string, iniFiles: readonly string[]): string[] {
  if (name === '.dockercfg') return registryFields(JSON.parse(content))
  if (name === '.dockerconfigjson') {
    const config: unknown = JSON.parse(content)
    return registryFields(isObject(config) ? config.auths : undefined)
  }
  return iniFiles.includes(name) ? iniValues(content) : []
}

function registryFields(registries: unknown): string[] {
  if (!isObject(registries)) return []
  return Object.values(registries).flatMap((entry) =>
    isObject(entry) ? [entry.auth, entry.password].filter((value) => typeof value === 'string') : [],
  )
}

function iniValues(content: string): string[] {
  return content.split(/\r?\n/).flatMap((line) => {
    const [, value] = /^\s*[^#;[\s=:][^=:]*[=:]\s*(.*?)\s*$/.exec(line) ?? []
    if (!value) return []
    const [, , quoted] = /^(["'`])(.*)\1$/.exec(value) ?? []
    return [quoted ?? value.replace(/\s+[#;].*$/, '')]
  })
}
