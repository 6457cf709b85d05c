// The lock file is whole: `npm ci` refuses one that lacks a package of another platform where the registry does not have it either.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Entry {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

test('every optional package of every platform is in package-lock.json', () => {
  const { packages }: { packages: Record<string, Entry> } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => {
      // A package of its own, or one that is shared from a folder above.
      const folders = path
        .split('/node_modules/')
        .map((_, index, parts) => parts.slice(0, index + 1).join('/node_modules/'))
      return !['', ...folders].some((folder) => packages[`${folder}${folder && '/'}node_modules/${name}`])
    }),
  )
  expect(missing).toEqual([])
})
