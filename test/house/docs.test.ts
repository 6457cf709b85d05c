// What the pages for people say is so: listings, links, paths, command lines, flags, layers and the list of dependencies.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { commands, findCommand } from '../../src/cli/commands.ts'
import { parseFlags } from '../../src/cli/flags.ts'
import { parse } from '../../src/hook/plugin.ts'
import { plugins } from '../../src/plugins/index.ts'
import { retired } from '../../src/plugins/retired.ts'

const read = (file: string) => readFileSync(file, 'utf8')
const list = (...args: string[]) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...args], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && existsSync(file))

const pages = list('*.md')
/** Pages that say how things are now; the others tell what was, or belong to the sample. */
const current = pages.filter((page) => page !== 'CHANGELOG.md' && !page.startsWith('sample/'))

const fence = /^ *```([^\n]*)\n([\s\S]*?)^ *```$/gm
const fences = (text: string) => [...text.matchAll(fence)].map(([, info = '', body = '']) => ({ info, body }))
const prose = (text: string) => text.replace(fence, '')
const inline = (text: string) => [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

describe('listings are the files that they name', () => {
  const listings = pages.flatMap((page) =>
    fences(read(page)).flatMap(({ info, body }) => {
      const [, file] = info.split(' ')
      return file === undefined ? [] : [{ page, file, body }]
    }),
  )
  test.each(listings)('$file in $page', ({ file, body }) => expect(body).toBe(read(file)))

  test('the page for authors of plugins shows a whole plugin and its test, and both are short', () => {
    const shown = listings.filter(({ page }) => page === 'docs/plugins.md').map(({ file }) => file)
    const [plugin = '', conversation = ''] = shown
    expect(shown).toEqual([plugin, plugin.replace('.ts', '.test.ts')])
    expect(read(plugin).split('\n').length).toBeLessThan(40)
    expect(read(conversation).split('\n').length).toBeLessThan(30)
  })
})

test('the example plugin understands every example that it shows', async () => {
  const { default: estimate } = await import('../../docs/examples/estimate/estimate.ts')
  for (const example of estimate.commands.flatMap(({ examples }) => examples))
    expect(parse(estimate, example), example).toBeDefined()
})

describe('relative links lead somewhere', () => {
  const slug = (heading: string) =>
    heading
      .replace(/`|\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  const anchors = (page: string) => [...prose(read(page)).matchAll(/^#+ +(.*)$/gm)].map(([, text = '']) => slug(text))
  test.each(pages)('%s', (page) => {
    const targets = [...prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const dead = targets
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#')
        const file = path === '' ? page : join(dirname(page), path)
        return !existsSync(file) || (anchor !== undefined && !anchors(file).includes(anchor))
      })
    expect(dead).toEqual([])
  })
})

describe('files and scripts that are named exist', () => {
  const scripts: Readonly<Record<string, string>> = JSON.parse(read('package.json')).scripts
  test.each(current)('%s', (page) => {
    const text = read(page)
    const paths = inline(text).filter((code) => /^(src|test|docs|web|bench|scripts|sample|\.ci)\/[\w./-]+$/.test(code))
    expect(paths.filter((path) => !existsSync(path))).toEqual([])
    const npm = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name)
    expect(npm.filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
  })
})

describe('command lines are understood', () => {
  const lines = current.flatMap((page) => {
    const code = [...fences(read(page)).map(({ body }) => body.replaceAll('\\\n', ' ')), ...inline(read(page))]
    return code
      .flatMap((text) => text.split('\n'))
      .flatMap((line) => /\b(?:npx bowsprit|src\/cli\/main\.ts) ([^|>#&]+)/.exec(line)?.[1]?.trim() ?? [])
      .map((line) => [page, line] as const)
  })
  test.each(lines)('%s: bowsprit %s', async (_page, line) => {
    const words = line.split(/\s+/)
    const found = findCommand(words)
    expect(found !== undefined || ['help', '<command>'].includes(words[0] ?? ''), line).toBe(true)
    if (found === undefined) return
    const { default: command } = await found.entry.load()
    const { rest } = parseFlags(
      command.flags,
      found.args.filter((arg) => arg !== '--help'),
    )
    if (command.operands === undefined) expect(rest).toEqual([])
  })

  test.each(current)('%s names only flags that some command has', async (page) => {
    const all = await Promise.all(Object.values(commands).map(({ load }) => load()))
    const known = new Set(['help', ...all.flatMap(({ default: { flags } }) => Object.keys(flags))])
    const named = inline(read(page)).flatMap((code) => /^--([a-z][a-z-]*)/.exec(code)?.[1] ?? [])
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })
})

/** The text below a heading, up to the next one. */
function section(page: string, heading: string): string {
  const sections = read(page).split(/^#+ +/m)
  return sections.find((text) => text.startsWith(`${heading}\n`)) ?? ''
}

test('the steps to the first plugin do what they say', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bowsprit-docs-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  for (const path of ['docs/examples', 'src/plugins/index.ts', 'sample/config']) {
    cpSync(path, join(dir, path), { recursive: true })
  }
  // Conversations and servers have tests of their own.
  const steps = fences(section('CONTRIBUTING.md', 'Your first plugin')).map(({ body }) =>
    body.replace(/^ *np[mx] .*$/gm, ''),
  )
  execFileSync('sh', ['-euc', steps.join('\n')], { cwd: dir })
  const made = (path: string) => readFileSync(join(dir, path), 'utf8')
  expect(made('src/plugins/estimate.ts')).toContain("from '../hook/plugin.ts'")
  expect(made('src/plugins/estimate.test.ts')).toContain("from '../testing/conversation.ts'")
  expect(made('src/plugins/index.ts')).toContain("\n  estimate: () => import('./estimate.ts'),\n")
  expect(made('sample/config/plugins.yaml')).toContain('\n      - estimate\n')
})

/** Cells of the table rows below a heading. */
function rows(page: string, heading: string): string[][] {
  const [, , ...body] = section(page, heading)
    .split('\n')
    .filter((line) => line.startsWith('|'))
  return body.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
const codes = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

test('docs/architecture.md shows the layers that are checked', () => {
  interface Rule {
    readonly name: string
    readonly from: { readonly path?: string }
    readonly to: { readonly path?: string }
  }
  const { forbidden }: { forbidden: readonly Rule[] } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs')
  const folders = (path = '') => /^\^src\/\((.*?)\)/.exec(path)?.[1]?.split('|') ?? []
  const rules = forbidden.filter(({ name }) => name.endsWith('-stays-low'))
  const layers = [...rules.map(({ from }) => folders(from.path)), folders(rules.at(-1)?.to.path)]
  const shown = rows('docs/architecture.md', 'Layers').map(([, cell]) => codes(cell))
  expect(shown).toEqual(layers.toReversed())
})

describe('docs/plugins.md', () => {
  test('lists all built-in plugins, as they describe themselves', async () => {
    const wanted = await Promise.all(
      Object.entries(plugins).map(async ([name, load]) => {
        const { about, commands } = (await load()).default
        const [sentence = ''] = about.split(/(?<=\.) /)
        const said = commands.flatMap(({ examples }) => examples.flatMap((one) => /^\/\S+/.exec(one)?.[0] ?? []))
        const words = new Set(said.map((word) => `\`${word.replace('/remove-', '/')}\``))
        return `| \`${name}\` | ${sentence} | ${[...words].join(' ')} |`.replace('|  |', '| |')
      }),
    )
    const table = section('docs/plugins.md', 'Built-in plugins').match(/^\|.*/gm) ?? []
    expect(table.slice(2)).toEqual(wanted)
  })

  test('gives a reason for each retired plugin', () => {
    const listed = rows('docs/plugins.md', 'Retired plugins').flatMap(([names, why = '']) => (why ? codes(names) : []))
    expect(listed.toSorted()).toEqual(Object.keys(retired).toSorted())
  })
})

test.each([
  ['dependencies', 'In the product'],
  ['devDependencies', 'For development'],
])('docs/dependencies.md lists all %s and gives a reason for each', (kind, heading) => {
  const table = rows('docs/dependencies.md', heading)
  const listed = table.flatMap(([packages]) => codes(packages))
  expect(listed.toSorted()).toEqual(Object.keys(JSON.parse(read('package.json'))[kind]).toSorted())
  expect(table.filter(([, why = '']) => why.length < 10)).toEqual([])
})
