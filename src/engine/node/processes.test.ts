// Who belongs to a container, told from plain tables and from real processes. A stranger is never among them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { carries, familyOf, identify, killAll, type ProcessInfo, parseStat, processTable } from './processes.ts'

const one = (pid: number, parent: number, group = pid, session = group, start = `s${pid}`): ProcessInfo => ({
  pid,
  parent,
  group,
  session,
  start,
})
const leader = { pid: 100, start: 's100' }
const family = (table: ProcessInfo[]) =>
  familyOf(leader, table)
    .map(({ pid }) => pid)
    .sort((a, b) => a - b)

const others = [one(1, 0), one(50, 1), one(60, 50, 50)]

test.each<[string, ProcessInfo[], number[]]>([
  ['nobody', [], []],
  ['the leader', [one(100, 50)], [100]],
  ['its descendants', [one(100, 50), one(101, 100, 100), one(102, 101, 102)], [100, 101, 102]],
  ['its group, when the leader is gone', [one(101, 1, 100)], [101]],
  ['its session', [one(101, 1, 101, 100)], [101]],
  ['descendants of its group', [one(101, 1, 100), one(102, 101, 102)], [101, 102]],
  ['nobody, when the number belongs to somebody else now', [one(100, 50, 100, 100, 'later'), one(101, 100, 100)], []],
])('the family is %s', (_why, table, want) => expect(family([...others, ...table])).toEqual(want))

test('a line of /proc/<pid>/stat is read past any name', () => {
  const line = '42 (a) b (c) S 7 8 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 777 1000 10'
  expect(parseStat(line)).toMatchObject({
    pid: 42,
    parent: 7,
    group: 8,
    session: 9,
    start: expect.stringMatching(/\/777$/),
  })
  expect(parseStat(line.replace(' S ', ' Z '))).toBeUndefined()
  expect(parseStat('')).toBeUndefined()
})

test('a mark is a variable of its own, not any text', () => {
  const dir = '/data/node/pods/u-1'
  expect(carries(`A=b\0HOME=${dir}/containers/c/home\0`, dir)).toBe(true)
  expect(carries(`TMPDIR=${dir}/containers/c/tmp`, dir)).toBe(true)
  // A person's shell that has gone there to look.
  expect(carries(`PWD=${dir}/logs\0OLDPWD=${dir}/x\0HOME=/root\0`, dir)).toBe(false)
  expect(carries(`HOME=${dir}0/containers/c/home`, dir)).toBe(false)
})

test('a process is the same as long as it lives, and can be ended for good', async () => {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  const id = await identify(child.pid ?? 0)
  expect(await identify(child.pid ?? 0)).toEqual(id)
  expect(familyOf(id, await processTable())).toHaveLength(1)
  expect(familyOf({ ...id, start: 'another' }, await processTable())).toHaveLength(0)
  const gone = once(child, 'exit')
  expect(await killAll(async () => familyOf(id, await processTable()))).toEqual([])
  expect(await gone).toEqual([null, 'SIGKILL'])
})
