// The plan of a container's file system, on machines that exist only here.
import { expect, test } from 'vitest'
import { fstab, type HostView, type LayoutRequest, planLayout } from './layout.ts'
import { parseMountTable, stickyOptions } from './mount-table.ts'
import type { Mount } from './runtime.ts'

// A directory is an object, a file is null, a link is its target.
interface Tree {
  readonly [name: string]: Tree | string | null
}

function host(tree: Tree): HostView {
  const find = (path: string) => {
    let at: Tree | string | null | undefined = tree
    for (const name of path.split('/').filter(Boolean)) at = at && typeof at === 'object' ? at[name] : undefined
    return at
  }
  return {
    kind(path) {
      const found = find(path)
      if (found === undefined) return undefined
      return found === null ? 'file' : typeof found === 'string' ? 'link' : 'dir'
    },
    list(path) {
      const found = find(path)
      return found && typeof found === 'object' ? Object.keys(found) : []
    },
    readLink: (path) => String(find(path)),
  }
}

const machine = host({
  bin: 'usr/bin',
  dev: { null: null },
  etc: { hosts: null, 'resolv.conf': '/run/resolv' },
  home: { alice: { '.ssh': {} }, bob: {} },
  proc: {},
  run: { resolv: null },
  sys: {},
  tmp: {},
  usr: { bin: {}, lib: {} },
  var: { run: '../run', log: {} },
})

const dir = (path: string, more: Partial<Mount> = {}): Mount => ({
  path,
  source: `/v${path}`,
  kind: 'dir',
  readOnly: false,
  ...more,
})
const plan = (mounts: Mount[], more: Partial<LayoutRequest> = {}, view = machine) =>
  planLayout({ root: '/r', mounts, hidden: [], visible: [], hostMounts: [], privileged: true, ...more }, view)
const binds = (layout: ReturnType<typeof plan>) =>
  layout.mounts
    .filter(({ type }) => type === 'none')
    .map(({ source, target, options }) => `${source} ${target} ${options.join()}`)

test('the directories of the machine are bound read-only, links are copied', () => {
  const layout = plan([])
  expect(binds(layout)).toEqual(
    expect.arrayContaining(['/etc /r/etc rbind,ro', '/home /r/home rbind,ro', '/usr /r/usr rbind,ro']),
  )
  expect(layout.links).toContainEqual({ path: '/r/bin', target: 'usr/bin' })
  // The root itself first, so that it can be turned into one.
  expect(layout.mounts[0]).toMatchObject({ source: '/r', target: '/r', options: ['bind'] })
  expect(layout.mounts.filter(({ target }) => target === '/r/tmp')).toHaveLength(1)
})

test('a mount on a directory that exists goes on top of it', () => {
  const layout = plan([dir('/usr/lib')])
  expect(binds(layout)).toEqual(expect.arrayContaining(['/usr /r/usr rbind,ro', '/v/usr/lib /r/usr/lib rbind']))
  expect(layout.dirs).not.toContain('/r/usr/lib')
  const order = binds(layout)
  expect(order.indexOf('/usr /r/usr rbind,ro')).toBeLessThan(order.indexOf('/v/usr/lib /r/usr/lib rbind'))
})

test('a directory that lacks the name is replaced by one that has it beside all the others', () => {
  const layout = plan([dir('/home/prow/go')])
  expect(binds(layout)).toEqual(
    expect.arrayContaining(['/home/alice /r/home/alice rbind,ro', '/v/home/prow/go /r/home/prow/go rbind']),
  )
  expect(binds(layout)).not.toContain('/home /r/home rbind,ro')
  expect(layout.dirs).toEqual(expect.arrayContaining(['/r/home', '/r/home/bob', '/r/home/prow', '/r/home/prow/go']))
})

test('two mounts in one directory that lacks both', () => {
  const layout = plan([dir('/home/a'), dir('/home/alice/b')])
  expect(binds(layout)).toEqual(
    expect.arrayContaining([
      '/v/home/a /r/home/a rbind',
      '/home/alice/.ssh /r/home/alice/.ssh rbind,ro',
      '/v/home/alice/b /r/home/alice/b rbind',
    ]),
  )
})

test('a mount inside of another one: its place is made in the outer one', () => {
  const layout = plan([dir('/logs/deep/inner', { source: '/inner' }), dir('/logs', { source: '/outer' })])
  expect(layout.dirs).toEqual(expect.arrayContaining(['/r/logs', '/outer/deep', '/outer/deep/inner']))
  const order = binds(layout)
  expect(order.indexOf('/outer /r/logs rbind')).toBeLessThan(order.indexOf('/inner /r/logs/deep/inner rbind'))
})

test('links on the way are followed', () => {
  expect(binds(plan([dir('/var/run/secrets')]))).toContain('/v/var/run/secrets /r/run/secrets rbind')
  expect(binds(plan([dir('/bin')]))).toContain('/v/bin /r/usr/bin rbind')
})

test('a file, where there is one and where there is none', () => {
  const file = (path: string): Mount => ({ ...dir(path), kind: 'file', readOnly: true })
  const layout = plan([file('/etc/hosts'), file('/etc/new'), file('/dev/termination-log'), file('/etc/resolv.conf')])
  expect(binds(layout)).toEqual(
    expect.arrayContaining([
      '/v/etc/hosts /r/etc/hosts rbind,ro',
      '/v/etc/new /r/etc/new rbind,ro',
      '/v/etc/resolv.conf /r/run/resolv rbind,ro',
    ]),
  )
  expect(layout.files).toEqual(expect.arrayContaining(['/r/etc/new', '/r/dev/termination-log']))
})

test('what is hidden is empty, what must be seen is seen', () => {
  const layout = plan([dir('/tmp')], {
    hidden: [
      { path: '/home/alice', kind: 'dir', empty: '/e0' },
      { path: '/tmp/state', kind: 'dir', empty: '/e1' },
      { path: '/etc/hosts', kind: 'file', empty: '/e2' },
    ],
    visible: ['/tmp/src/bowsprit', '/usr/lib'],
  })
  expect(binds(layout)).toEqual(
    expect.arrayContaining([
      '/e0 /r/home/alice rbind,ro',
      '/e2 /r/etc/hosts rbind,ro',
      '/tmp/src/bowsprit /r/tmp/src/bowsprit rbind,ro',
    ]),
  )
  // Not visible anyway below a directory of the container's own; visible anyway where nothing covers it.
  expect(binds(layout).filter((line) => /state|usr\/lib/.test(line))).toEqual([])
  expect(layout.dirs).toEqual(expect.arrayContaining(['/v/tmp/src', '/v/tmp/src/bowsprit']))
})

test('what is hidden stays hidden inside of something that must be seen', () => {
  const layout = plan([dir('/tmp')], {
    hidden: [{ path: '/tmp/bowsprit/data', kind: 'dir', empty: '/e' }],
    visible: ['/tmp/bowsprit'],
  })
  const order = binds(layout)
  const seen = order.indexOf('/tmp/bowsprit /r/tmp/bowsprit rbind,ro')
  expect(seen).toBeGreaterThan(0)
  expect(order.indexOf('/e /r/tmp/bowsprit/data rbind,ro')).toBeGreaterThan(seen)
})

test('mounts of the machine below a bound directory are made read-only one by one, and keep their restrictions', () => {
  const hostMounts = parseMountTable(
    [
      '1 0 8:1 / / rw,relatime - ext4 /dev/sda rw',
      '2 1 8:2 / /home rw,nosuid,nodev - ext4 /dev/sdb rw',
      '3 2 8:3 / /home/alice/my\\040disk rw,noexec - ext4 /dev/sdc rw',
      '4 1 8:4 / /usr/lib ro - squashfs /dev/loop rw',
    ].join('\n'),
  )
  const layout = plan([], { hostMounts })
  expect(binds(layout)).toEqual(
    expect.arrayContaining([
      '/home /r/home rbind,ro,nosuid,nodev',
      '/home/alice/my disk /r/home/alice/my disk rbind,ro,noexec',
    ]),
  )
  expect(binds(layout).filter((line) => line.includes('/usr/lib'))).toEqual([])
  expect(stickyOptions('/home/alice', hostMounts)).toEqual(['nosuid', 'nodev'])
  expect(fstab(layout)).toContain('/home/alice/my\\040disk /r/home/alice/my\\040disk none rbind,ro,noexec 0 0\n')
})

test.each([
  ['/', 'it is the whole file system'],
  ['/etc/hosts/x', '/etc/hosts is not a directory'],
  ['/proc/x/y', 'nothing can be mounted below /proc'],
])('%s cannot be mounted', (path, why) => expect(() => plan([dir(path)])).toThrow(why))

test('links in a circle are noticed', () => {
  const circle = host({ a: '/b', b: '/a', dev: {} })
  expect(() => plan([dir('/a/x')], {}, circle)).toThrow('too many links')
})
