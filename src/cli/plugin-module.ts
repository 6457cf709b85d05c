// The flag that names plugins of one's own. It is a flag and no field of plugins.yaml: whoever may change that file may not run code in hook.
import { type Catalogue, loadUserPlugins, type PluginModule, pluginModule } from '../hook/user-plugins.ts'
import { plugins } from '../plugins/index.ts'
import { type Flag, flag } from './flags.ts'

const given: Flag<readonly PluginModule[]> = {
  ...flag.list({ about: 'Plugin of your own, as NAME=PATH of its module.' }),
  read: (texts) => texts.map(pluginModule),
  value: '<name=path>',
}

/** Which plugins there are beside the built-in ones. */
export const pluginModuleFlag = { 'plugin-module': given }

/** Loads them. @throws Error that says which module is wrong, and why. */
export const openUserPlugins = (modules: readonly PluginModule[], cwd: string): Promise<Catalogue> =>
  loadUserPlugins(modules, { cwd, builtIn: Object.keys(plugins) })
