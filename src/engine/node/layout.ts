// Plans a container's file system: the machine's own, read-only, with the container's mounts at their real paths. Pure but for the host it looks at.
import { posix } from 'node:path'
import { type HostMount, isWithin, stickyOptions } from './mount-table.ts'
import type { Mount } from './runtime.ts'

/** What the plan has to know about the machine's files. */
export interface HostView {
  /** Undefined when there is no such path. Does not follow a link at the end. */
  kind(path: string): 'dir' | 'file' | 'link' | undefined
  /** Names in a directory; empty when it cannot be read. */
  list(path: string): readonly string[]
  readLink(path: string): string
}

/** Steps that make the file system: first the skeleton below `root`, then the mounts in order. */
export interface Layout {
  /** Directories to create, parents first; in the skeleton, or in the source of a mount that has another one inside. */
  readonly dirs: readonly string[]
  /** Empty files to create, to mount on. */
  readonly files: readonly string[]
  readonly links: readonly { readonly path: string; readonly target: string }[]
  readonly mounts: readonly MountLine[]
}

/** One line of an fstab. */
interface MountLine {
  readonly source: string
  readonly target: string
  readonly type: string
  readonly options: readonly string[]
}

export interface LayoutRequest {
  /** Directory of this machine in which the skeleton is made. */
  readonly root: string
  readonly mounts: readonly Mount[]
  /** Paths of the machine that the container must not see: each becomes what is at `empty`, of the same kind and with nothing in it, and read-only. */
  readonly hidden: readonly { readonly path: string; readonly kind: 'dir' | 'file'; readonly empty: string }[]
  /** Paths of the machine that stay visible even where something private covers them. */
  readonly visible: readonly string[]
  readonly hostMounts: readonly HostMount[]
  /** Whether mounts of the machine that root alone may touch can be left out (the node runs as root). */
  readonly privileged: boolean
}

// A place in the container's tree. `skeleton` directories are made by us; `host` ones are the machine's; `mount` is one of the
// container's mounts, `inside` a directory in the source of one, on the way to a deeper mount; `kernel` stands for /proc, /sys
// and /dev, which have lines of their own.
type Place =
  | { type: 'skeleton'; children: Map<string, Place> }
  | { type: 'host'; path: string; kind: 'dir' | 'file'; children: Map<string, Place> }
  | { type: 'mount'; mount: Mount; children: Map<string, Place> }
  | { type: 'inside'; source: string; children: Map<string, Place> }
  | { type: 'link'; target: string }
  | { type: 'kernel'; name: string; children: Map<string, Place> }

const kernelDirs = ['proc', 'sys', 'dev']
const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty']

/** Makes the plan. A mount path that runs through something that is not a directory is thrown as an error. */
export function planLayout(request: LayoutRequest, host: HostView): Layout {
  const root: Place = expand('/', host)
  for (const name of kernelDirs) root.children.set(name, { type: 'kernel', name, children: new Map() })
  // What lies below one of the container's own directories cannot be seen anyway, unless it comes back with something visible.
  const covered = (path: string) => request.mounts.some((mount) => isWithin(path, mount.path))
  const hidden = request.hidden.filter(
    ({ path }) => !covered(path) || request.visible.some((seen) => isWithin(path, seen)),
  )
  const empties = hidden.map(({ path, kind, empty }): Mount => ({ path, source: empty, kind, readOnly: true }))
  const wanted = [...request.mounts, ...empties]
  const visible = request.visible
    .filter((path) => wanted.some((mount) => isWithin(path, mount.path)))
    .map((path) => directory(path, path, true))
  for (const mount of [...wanted, ...visible].sort((a, b) => depth(a.path) - depth(b.path))) place(root, mount, host)
  return emit(root, request, host)
}

const directory = (path: string, source: string, readOnly: boolean): Mount => ({ path, source, kind: 'dir', readOnly })
const depth = (path: string) => names(path).length
const names = (path: string) => posix.normalize(path).split('/').filter(Boolean)

// A directory of ours with the entries of the machine's directory in it.
function expand(path: string, host: HostView): Extract<Place, { type: 'skeleton' }> {
  const children = new Map<string, Place>()
  for (const name of host.list(path)) {
    const child = hostPlace(posix.join(path, name), host)
    if (child) children.set(name, child)
  }
  return { type: 'skeleton', children }
}

function hostPlace(path: string, host: HostView): Place | undefined {
  const kind = host.kind(path)
  if (kind === undefined) return undefined
  if (kind === 'link') return { type: 'link', target: host.readLink(path) }
  return { type: 'host', path, kind, children: new Map() }
}

// Puts a mount at its path. Links on the way are followed; a directory of the machine that lacks the next name is replaced by
// one of ours that has it.
function place(root: Place, mount: Mount, host: HostView): void {
  let at: Place = root
  let trail: string[] = []
  const rest = names(mount.path)
  if (rest.length === 0) throw new Error('mountPath "/" cannot be made: it is the whole file system')
  for (let links = 0; rest.length > 0; ) {
    const name = rest.shift() ?? ''
    const last = rest.length === 0
    if (!('children' in at) || (at.type === 'host' && at.kind === 'file')) throw notADirectory(mount, trail)
    let child: Place | undefined = at.children.get(name)
    if (!child && at.type === 'host') {
      child = hostPlace(posix.join(at.path, name), host)
      if (child?.type === 'host' && (!last || child.kind === mount.kind)) at.children.set(name, child)
      else if (child?.type !== 'link') {
        at = replaceByOwn(root, trail, host)
        child = at.children.get(name)
      }
    }
    if (child?.type === 'link') {
      if (++links > 40) throw new Error(`mountPath "${mount.path}" runs through too many links`)
      rest.unshift(...names(posix.resolve('/', ...trail, child.target)))
      at = root
      trail = []
      continue
    }
    if (last) {
      at.children.set(name, { type: 'mount', mount, children: new Map() })
      return
    }
    if (!child) {
      child = made(at, name)
      at.children.set(name, child)
    }
    at = child
    trail.push(name)
  }
}

// A directory that is nowhere yet.
function made(at: Place, name: string): Place {
  const children = new Map<string, Place>()
  if (at.type === 'mount') return { type: 'inside', source: posix.join(at.mount.source, name), children }
  if (at.type === 'inside') return { type: 'inside', source: posix.join(at.source, name), children }
  if (at.type === 'kernel' && at.name !== 'dev') throw new Error(`nothing can be mounted below /${at.name}`)
  return { type: 'skeleton', children }
}

const notADirectory = (mount: Mount, trail: readonly string[]) =>
  new Error(`mountPath "${mount.path}" cannot be made: /${trail.join('/')} is not a directory`)

// Turns the machine's directory at the end of the trail into one of ours, and with it all of the machine's directories above it.
function replaceByOwn(root: Place, trail: readonly string[], host: HostView): Extract<Place, { type: 'skeleton' }> {
  let at: Place = root
  for (const name of trail) {
    if (!('children' in at)) break
    let child: Place | undefined = at.children.get(name)
    if (child?.type === 'host') {
      const own = expand(child.path, host)
      for (const [below, kept] of child.children) own.children.set(below, kept)
      child = own
      at.children.set(name, own)
    }
    if (child) at = child
  }
  if (at.type !== 'skeleton') throw new Error(`/${trail.join('/')} could not be replaced`)
  return at
}

function emit(root: Extract<Place, { type: 'skeleton' }>, request: LayoutRequest, host: HostView): Layout {
  const dirs: string[] = []
  const files: string[] = []
  const links: { path: string; target: string }[] = []
  const mounts: MountLine[] = []
  const bind = (source: string, target: string, options: readonly string[]) =>
    mounts.push({ source, target, type: 'none', options })

  // Where the mount goes has to exist: in the skeleton, or in what is mounted around it.
  function mountPoint(target: string, kind: 'dir' | 'file', parent: Place): void {
    const name = posix.basename(target)
    if (parent.type === 'host') return
    const path =
      parent.type === 'mount'
        ? posix.join(parent.mount.source, name)
        : parent.type === 'inside'
          ? posix.join(parent.source, name)
          : target
    if (kind === 'dir') dirs.push(path)
    else files.push(path)
  }

  function hostBind(path: string, target: string): void {
    bind(path, target, ['rbind', 'ro', ...stickyOptions(path, request.hostMounts)])
    // A recursive bind is read-only at its top only.
    const below = request.hostMounts.filter(({ path: mounted }) => mounted !== path && isWithin(mounted, path))
    for (const mounted of below.sort((a, b) => depth(a.path) - depth(b.path))) {
      if (mounted.options.includes('ro')) continue
      const options = stickyOptions(mounted.path, request.hostMounts)
      bind(mounted.path, posix.join(target, mounted.path.slice(path === '/' ? 0 : path.length)), [
        'rbind',
        'ro',
        ...options,
      ])
    }
  }

  function visit(at: Place, target: string, parent: Place): void {
    switch (at.type) {
      case 'link':
        links.push({ path: target, target: at.target })
        return
      case 'kernel':
        dirs.push(target)
        kernel(at.name, target)
        break
      case 'skeleton':
        dirs.push(target)
        break
      case 'inside':
        dirs.push(at.source)
        break
      case 'host':
        // Below a directory of the machine it is there already.
        if (parent.type !== 'host') {
          mountPoint(target, at.kind, parent)
          hostBind(at.path, target)
        }
        break
      case 'mount': {
        mountPoint(target, at.mount.kind, parent)
        const { source, readOnly } = at.mount
        bind(source, target, readOnly ? ['rbind', 'ro', ...stickyOptions(source, request.hostMounts)] : ['rbind'])
        break
      }
    }
    for (const [name, child] of at.children) visit(child, posix.join(target, name), at)
  }

  function kernel(name: string, target: string): void {
    if (name === 'proc') {
      mounts.push({ source: 'proc', target, type: 'proc', options: ['nosuid', 'nodev', 'noexec'] })
      // Whoever is root here is root of the machine, whose settings these are.
      if (request.privileged) bind(posix.join(target, 'sys'), posix.join(target, 'sys'), ['bind', 'ro'])
    } else if (name === 'sys') {
      // An ordinary user may not leave out what is mounted below, and cannot write there either.
      const how = request.privileged ? 'bind' : 'rbind'
      bind('/sys', target, [how, 'ro', ...stickyOptions('/sys', request.hostMounts)])
    } else {
      for (const device of devices.filter((device) => host.kind(`/dev/${device}`) !== undefined)) {
        files.push(posix.join(target, device))
        bind(`/dev/${device}`, posix.join(target, device), ['bind'])
      }
      for (const [link, to] of deviceLinks) links.push({ path: posix.join(target, link), target: to })
      dirs.push(posix.join(target, 'pts'), posix.join(target, 'shm'))
      const pts = ['newinstance', 'ptmxmode=0666', 'mode=620', 'nosuid', 'noexec']
      mounts.push({ source: 'devpts', target: posix.join(target, 'pts'), type: 'devpts', options: pts })
      mounts.push({
        source: 'shm',
        target: posix.join(target, 'shm'),
        type: 'tmpfs',
        options: ['nosuid', 'nodev', 'mode=1777'],
      })
    }
  }

  dirs.push(request.root)
  bind(request.root, request.root, ['bind'])
  for (const [name, child] of root.children) visit(child, posix.join(request.root, name), root)
  return { dirs, files, links, mounts }
}

const deviceLinks = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['ptmx', 'pts/ptmx'],
] as const

/** The plan's mounts as an fstab. */
export function fstab({ mounts }: Pick<Layout, 'mounts'>): string {
  const field = (text: string) =>
    text.replace(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return mounts
    .map(
      ({ source, target, type, options }) =>
        `${field(source)} ${field(target)} ${type} ${field(options.join(','))} 0 0\n`,
    )
    .join('')
}
