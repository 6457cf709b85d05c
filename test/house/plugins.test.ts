// Counts what plugins declare against what conversations try: every form of every command is said, every kind of event is named.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { plugins } from '../../src/plugins/index.ts'

const folder = 'test/conversations'
/** Trigger's commands are tried where jobs run, too. */
const general = readdirSync(folder)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `${folder}/${file}`)

const own = (name: string) => `${folder}/plugins/${name}.test.ts`
const read = (files: readonly string[]) =>
  files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')

/** The texts in quotes of a program, with what escapes mean. */
const quoted = (program: string): string[] =>
  [...program.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/gs)].map(([, a, b, c]) =>
    (a ?? b ?? c ?? '').replace(/\\([\s\S])/g, (_, char: string) => ({ n: '\n', r: '\r', t: '\t' })[char] ?? char),
  )

/** Names of tests and conversations. */
const titles = (program: string): string[] =>
  [...program.matchAll(/(?:conversation|test)(?:\.each\([\s\S]*?\))?\(\s*(['"`])(.*?)\1/g)].map(
    ([, , title]) => title ?? '',
  )

describe('everything that a plugin declares is tried in a conversation', async () => {
  const all = await Promise.all(
    Object.entries(plugins).map(async ([name, load]) => [name, (await load()).default] as const),
  )
  let declared = 0
  let tried = 0
  for (const [name, { commands, handlers = {} }] of all) {
    const program = read([own(name), ...(name === 'trigger' ? general : [])])
    const said = quoted(program)
    const named = titles(program).join('\n')
    const wanted = [
      ...commands.flatMap(({ usage, forms, examples }) =>
        forms
          ? Object.entries(forms).map(
              ([form, pattern]) => [`${usage} (${form})`, said.some((text) => pattern.test(text))] as const,
            )
          : [
              [
                usage,
                examples.some((example) => said.some((text) => text.startsWith(example.split(' ')[0] ?? ''))),
              ] as const,
            ],
      ),
      ...Object.keys(handlers).map((kind) => [`event ${kind}`, named.includes(kind)] as const),
    ]
    declared += wanted.length
    tried += wanted.filter(([, isTried]) => isTried).length
    test(name, () => {
      expect(
        wanted.filter(([, isTried]) => !isTried).map(([what]) => what),
        `not tried in ${own(name)}`,
      ).toEqual([])
    })
  }
  test(`${tried} of ${declared} commands and events of ${all.length} plugins`, () => {
    expect(tried).toBe(declared)
  })
})
