// The programs as upstream's manifests start them: their command lines are understood, and wrong ones are refused with a reason.
import { expect, test } from 'vitest'
import type { Machine } from '../system/process.ts'
import { commands } from './commands.ts'
import { parseFlags } from './flags.ts'
import { main } from './main.ts'

const shared = [
  '--config-path=/etc/config/config.yaml',
  '--job-config-path=/etc/job-config',
  '--kubeconfig=/etc/kubeconfig/config',
  '--metrics-port=9090',
  '--health-port=8081',
  '--pprof-port=6060',
  '--profile-memory-usage',
  '--memory-profile-interval=30s',
  '--dry-run=false',
]
const github = [
  '--github-endpoint=http://ghproxy',
  '--github-endpoint=https://api.github.com',
  '--github-graphql-endpoint=http://ghproxy/graphql',
  '--github-token-path=/etc/github/oauth',
  '--github-hourly-tokens=300',
  '--github-allowed-burst=100',
]
test.each<[name: string, args: string[]]>([
  ['hook', [...github, '--hmac-secret-file=/etc/webhook/hmac', '--slack-token-file=/etc/slack/token']],
  ['prow-controller-manager', [...github, '--enable-controller=plank', '--tot-url=http://tot']],
  ['horologium', ['--timeout-listing-prowjobs=60s']],
  ['sinker', ['--run-once']],
  ['crier', [...github, '--github-workers=5', '--blob-storage-workers=1', '--kubernetes-blob-storage-workers=1']],
])('%s takes the flags of upstream', async (name, args) => {
  const { flags } = (await commands[name]?.load())?.default ?? { flags: {} }
  const { values, rest } = parseFlags(flags, [...shared, ...args])
  expect(rest).toEqual([])
  expect(values).toMatchObject({ 'metrics-port': 9090, 'health-port': 8081, 'dry-run': false })
})

async function run(...args: string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = []
  const print = { write: (text: string) => lines.push(text) > 0 }
  const machine = { args, env: {}, cwd: '/', stdout: print, stderr: print, stopped: () => AbortSignal.abort() }
  const code = await main(machine as unknown as Machine)
  return { code, said: lines.join('') }
}

test.each<[why: string, args: string[], said: string]>([
  [
    'a controller that nobody knows',
    ['prow-controller-manager', '--enable-controller=plonk'],
    '--enable-controller: "plonk" is not one of plank, scheduler',
  ],
  ['a selector that is none', ['prow-controller-manager', '--label-selector=a in (b'], '--label-selector: '],
  ['a crier that tells nobody', ['crier'], 'no reporter is on'],
  ['a folder without a bound', ['ghproxy', '--cache-dir=cache'], '--cache-dir and --cache-sizeGB go together'],
  ['half a spacing', ['ghproxy', '--throttling-time-ms=5'], '--get-throttling-time-ms go together'],
  ['a GitHub without an address', ['ghproxy', '--upstream=github.com'], '--upstream: "github.com" is not a URL'],
  ['a share above 1', ['crier', '--kubernetes-report-fraction=1.5'], 'is not a number from 0 to 1'],
  ['what is no flag', ['sinker', '--dry-run', 'false'], '"false" is not a flag'],
  ['the beginning of a command', ['config'], '"config" is the beginning of: config which, '],
  ['no configuration', ['sinker', '--metrics-port=0'], '--config-path is needed'],
])('%s is refused', async (_why, args, said) => {
  expect(await run(...args)).toEqual({ code: 2, said: expect.stringContaining(said) })
})

test('flags without effect are named', async () => {
  const { said } = await run('crier', '--git-signing-key-path=key', '--pprof-port=1')
  expect(said).toContain('without effect here: --git-signing-key-path, --pprof-port\n')
})

test('the first --enable-controller takes the place of the default', async () => {
  const { default: manager } = await import('./prow-controller-manager.ts')
  const enabled = (...args: string[]) => parseFlags(manager.flags, args).values['enable-controller']
  expect(enabled()).toEqual(['plank'])
  expect(enabled('--enable-controller=scheduler')).toEqual(['scheduler'])
  expect(enabled('--enable-controller=scheduler', '--enable-controller', 'plank')).toEqual(['scheduler', 'plank'])
})

test('commands of two words have help, too', async () => {
  const { code, said } = await run('help', 'config', 'which')
  expect({ code, said }).toEqual({
    code: 0,
    said: expect.stringContaining('Usage: bowsprit config which ORG/REPO [flags]'),
  })
  expect((await run('config', 'which', '--help')).said).toBe(said)
})
