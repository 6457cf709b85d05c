// Rules of the house that a formatter cannot check: what would make the code untestable, each with what to use instead.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'web/src', 'test', 'bench', 'docs'],
  {
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => /\.tsx?$/.test(file))
const read = (file: string) => readFileSync(file, 'utf8')
const isTest = (file: string) => /\.test\.tsx?$|\/testing\/|^test\/|^bench\//.test(file)

/** Lines of code without comments, so that a comment may name what the code must not use. */
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1')

const instead: Readonly<Record<string, string>> = {
  'Date.now(': 'clock.now()',
  'new Date()': 'new Date(clock.now())',
  'setTimeout(': 'clock.after(ms, fire) or clock.sleep(ms, signal)',
  'setInterval(': 'every(clock, period, signal)',
  'Math.random(': 'ids.fraction() or ids.suffix()',
  'process.env': 'a flag, or machine.env in src/cli',
  'process.exit': 'return the exit code',
  'process.argv': 'machine.args',
  'console.': 'ctx.log, or machine.stdout in a command',
}

describe('the machine is touched in src/system only', () => {
  const product = files.filter((file) => file.startsWith('src/') && !isTest(file) && !file.startsWith('src/system/'))
  test.each(product)('%s', (file) => {
    const text = code(read(file))
    const found = Object.entries(instead).filter(([word]) => text.includes(word))
    expect(found.map(([word, use]) => `${word} → ${use}`)).toEqual([])
  })
})

describe('the first line says why the file exists', () => {
  test.each(files.filter((file) => !file.endsWith('.d.ts')))('%s', (file) => {
    const lines = read(file).split('\n')
    const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0]
    expect(first).toMatch(/^(\/\/|\/\*)/)
  })
})

describe('no forced types', () => {
  test.each(files)('%s', (file) => {
    const text = read(file)
    const forced = [
      ...(code(text).match(/\bas any\b|: any\b/g) ?? []),
      ...(text.match(/@ts-(ignore|nocheck|expect-error)|biome-ignore/g) ?? []),
    ]
    // This file names them.
    expect(file === 'test/house/source.test.ts' ? [] : forced).toEqual([])
  })
})
