// Plugins that people bring along: found by the flag that names them, loaded once at start, and looked at before anything runs.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { kindNames } from './events.ts'
import { type Catalogue, contractVersion, type Plugin } from './plugin.ts'

export type { Catalogue }

/** A plugin and where its module is: a file, or a package that the working directory has. */
export interface PluginModule {
  readonly name: string
  readonly path: string
}

/** Reads `NAME=PATH`. @throws Error with a sentence about what is wrong. */
export function pluginModule(text: string): PluginModule {
  const [, name, path] = /^([A-Za-z0-9][\w.-]*)=(.+)$/s.exec(text) ?? []
  if (!name || !path) throw new Error(`"${text}" names no plugin and its module: write NAME=PATH`)
  return { name, path }
}

/**
 * Loads plugins that are not built in.
 * @param builtIn Names that are taken.
 * @throws Error that says which module is wrong, and why.
 */
export async function loadUserPlugins(
  modules: readonly PluginModule[],
  { cwd, builtIn }: { cwd: string; builtIn: readonly string[] },
): Promise<Catalogue> {
  const loaded: Record<string, Catalogue[string]> = {}
  for (const { name, path } of modules) {
    if (builtIn.includes(name)) throw new Error(`${name}=${path}: a plugin of that name is built in; take another name`)
    if (Object.hasOwn(loaded, name)) throw new Error(`${name}=${path}: the name is given twice`)
    const plugin = await loadPlugin(path, cwd)
    if (plugin.name !== name)
      throw new Error(`${name}=${path}: the plugin calls itself "${plugin.name}"; write ${plugin.name}=${path}`)
    loaded[name] = async () => ({ default: plugin })
  }
  return loaded
}

/** Loads one module. @throws Error when it is not there, breaks, or exports no plugin that fits. */
export async function loadPlugin(path: string, cwd: string): Promise<Plugin> {
  const file = fileOf(path, cwd)
  let exported: unknown
  try {
    exported = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default
  } catch (error) {
    throw new Error(`cannot load the plugin in ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  const problem = problemOf(exported)
  if (problem) throw new Error(`${file} is no plugin: ${problem}`)
  return exported as Plugin
}

function fileOf(path: string, cwd: string): string {
  const file = resolve(cwd, path)
  if (existsSync(file)) return file
  const isPackage = !isAbsolute(path) && !path.startsWith('.')
  try {
    if (isPackage) return createRequire(join(cwd, 'package.json')).resolve(path)
  } catch {
    throw new Error(`there is no file ${file}, and ${cwd} has no package "${path}"`)
  }
  throw new Error(`there is no file ${file}`)
}

/** What keeps a value from being a plugin; undefined when nothing does. */
function problemOf(exported: unknown): string | undefined {
  if (typeof exported !== 'object' || exported === null) return 'its default export must be what plugin(…) returns'
  const { name, about, contract, commands, run, handlers } = exported as { readonly [Field in keyof Plugin]?: unknown }
  if (typeof name !== 'string' || name === '') return 'it has no "name"'
  if (contract === undefined)
    return `it does not say for which version of the contract it was written; add "contract: ${contractVersion}"`
  if (contract !== contractVersion)
    return `it was written for version ${String(contract)} of the contract, and this Bowsprit has version ${contractVersion}`
  if (typeof about !== 'string' || about === '') return 'it has no "about"'
  if (!Array.isArray(commands)) return '"commands" is missing: its default export must be what plugin(…) returns'
  if (run === undefined && handlers === undefined) return 'it has neither "run" nor "handlers"'
  const unknown = Object.keys(handlers ?? {}).find((kind) => !Object.hasOwn(kindNames, kind))
  return unknown && `there are no events of the kind "${unknown}"; there are ${Object.keys(kindNames).join(', ')}`
}
