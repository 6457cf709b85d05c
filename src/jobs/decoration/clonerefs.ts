// clonerefs: the init container that puts the code under test into the volume `code`.
import type { Container } from '../../api/kubernetes.ts'
import type { ClonerefsOptions } from '../../api/pod-utilities.ts'
import type { DecorationConfig, Refs } from '../../api/prowjob.ts'
import { goJson } from '../go-json.ts'
import { wireRefs } from '../wire.ts'
import { cloneLog, code, logs, type Mounted, privateSecret, secretKeyVolume, type Volume } from './places.ts'

/** The container, and the volumes that only cloning needs, in upstream's order. */
export interface Cloning {
  readonly container: Container
  readonly volumes: readonly Volume[]
}

/** How the given refs, at least one, are cloned. */
export function cloning(refs: readonly Refs[], config: DecorationConfig): Cloning {
  const ssh = (config.ssh_key_secrets ?? []).map(sshKey)
  const oauth = secretFile(config.oauth_token_secret, '/secrets/oauth')
  const app = secretFile(config.github_app_private_key_secret, '/secrets/github-app')
  const cookies = cookieFile(config.cookiefile_secret)
  const tmp: Mounted = {
    volume: { name: 'clonerefs-tmp', emptyDir: {} },
    mount: { name: 'clonerefs-tmp', mountPath: '/tmp' },
  }
  const own = [...ssh, ...(oauth ? [oauth] : []), ...(app ? [app] : []), tmp, ...(cookies ? [cookies] : [])]
  const endpoints = config.github_api_endpoints ?? []
  const fingerprints = config.ssh_host_fingerprints ?? []
  const options: ClonerefsOptions = {
    src_root: code.mount.mountPath,
    log: cloneLog,
    git_user_name: 'ci-robot',
    git_user_email: 'ci-robot@k8s.io',
    refs: refs.map(wireRefs),
    ...(ssh.length > 0 && { key_files: ssh.map(({ mount }) => mount.mountPath) }),
    ...(oauth && { oauth_token_file: oauth.file }),
    ...(fingerprints.length > 0 && { host_fingerprints: fingerprints }),
    ...(cookies && { cookie_path: cookies.file }),
    github_api_endpoints: endpoints.length > 0 ? endpoints : ['https://api.github.com'],
    ...(config.github_app_id && { github_app_id: config.github_app_id }),
    ...(app && { github_app_private_key_file: app.file }),
  }
  return {
    container: {
      name: 'clonerefs',
      image: config.utility_images?.clonerefs ?? '',
      // Redundant beside the option, but part of what upstream's Pods look like.
      ...(cookies && { args: [`--cookiefile=${cookies.file}`] }),
      env: [{ name: 'CLONEREFS_OPTIONS', value: goJson(options) }],
      ...(config.resources?.clonerefs && { resources: config.resources.clonerefs }),
      volumeMounts: [logs.mount, code.mount, ...own.map(({ mount }) => mount)],
    },
    volumes: [...own.map(({ volume }) => volume), code.volume],
  }
}

interface MountedFile extends Mounted {
  /** Full path of the file inside the container. */
  readonly file: string
}

const sshKey = (secret: string): Mounted => ({
  volume: privateSecret(`ssh-keys-${secret}`, secret),
  mount: { name: `ssh-keys-${secret}`, mountPath: `/secrets/ssh/${secret}`, readOnly: true },
})

function secretFile(secret: { name?: string; key?: string } | undefined, folder: string): MountedFile | undefined {
  if (!secret?.name) return undefined
  const key = secret.key ?? ''
  return {
    volume: secretKeyVolume(secret.name, key),
    mount: { name: secret.name, mountPath: folder, readOnly: true },
    file: `${folder}/${key}`,
  }
}

/** `secret` or `secret/key`; without a key the file is named like the secret. */
function cookieFile(setting: string | undefined): MountedFile | undefined {
  if (!setting) return undefined
  const slash = setting.indexOf('/')
  const secret = slash < 0 ? setting : setting.slice(0, slash)
  const key = slash < 0 ? setting : setting.slice(slash + 1)
  return {
    volume: privateSecret('cookiefile', secret),
    mount: { name: 'cookiefile', mountPath: '/secrets/cookiefile', readOnly: true },
    file: `/secrets/cookiefile/${key}`,
  }
}
