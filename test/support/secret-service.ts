import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

export interface SecretServiceOptions {
  /** Where its keyring lies; a throw-away folder by default. */
  readonly data?: string
  /** `none`: a bus without any such service; `no bus`: not even that. */
  readonly state?: 'unlocked' | 'locked' | 'none' | 'no bus'
}

type Environment = Record<string, string | undefined>

/** A bus that starts nothing by itself: what serves on it is what the test has started. */
const BUS = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

const PASSWORD = 'keyring'

/**
 * A real GNOME keyring on a message bus of its own, for one test. The private runtime folder matters:
 * without one the bus may start a second, locked daemon (notes/keychain.md §3).
 */
export class SecretService {
  readonly environment: Environment
  readonly #folder: string
  readonly #bus: ChildProcess
  #daemon: ChildProcess | undefined

  static async start(options: SecretServiceOptions = {}): Promise<SecretService> {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-keyring-'))
    const data = options.data ?? join(folder, 'data')
    mkdirSync(data, { recursive: true })
    const environment: Environment = {
      ...process.env,
      XDG_RUNTIME_DIR: folder,
      XDG_DATA_HOME: data,
      XDG_CACHE_HOME: join(folder, 'cache'),
      // A prompt on somebody's screen would wait for them.
      DISPLAY: undefined,
      WAYLAND_DISPLAY: undefined,
      GNOME_KEYRING_CONTROL: undefined,
    }
    const { state = 'unlocked' } = options
    const service = new SecretService(folder, environment)
    await service.#busAddress()
    if (state === 'no bus') environment.DBUS_SESSION_BUS_ADDRESS = undefined
    else if (state !== 'none') await service.#startDaemon(state === 'unlocked')
    return service
  }

  private constructor(folder: string, environment: Environment) {
    this.#folder = folder
    this.environment = environment
    const file = join(folder, 'bus.conf')
    writeFileSync(file, BUS)
    this.#bus = spawn(
      'dbus-daemon',
      [`--config-file=${file}`, '--nofork', '--nopidfile', '--print-address=1'],
      { env: clean(environment), stdio: ['ignore', 'pipe', 'ignore'] },
    )
  }

  /** Stands still: takes calls and answers none. */
  hang(): void {
    this.#daemon?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#daemon?.kill('SIGCONT')
  }

  /** Ends the daemon and starts another one on the same keyring. */
  async restart(unlocked = true): Promise<void> {
    await ended(this.#daemon)
    await this.#startDaemon(unlocked)
  }

  /** Locks the keyring, as a person or a screen lock does. */
  lock(): void {
    this.#call(
      'org.freedesktop.secrets',
      '/org/freedesktop/secrets',
      'org.freedesktop.Secret.Service.Lock',
      'array:objpath:/org/freedesktop/secrets/collection/login',
    )
  }

  async stop(): Promise<void> {
    this.goOn()
    await ended(this.#daemon)
    await ended(this.#bus)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #busAddress(): Promise<void> {
    this.environment.DBUS_SESSION_BUS_ADDRESS = await new Promise<string>((resolve, reject) => {
      this.#bus.stdout?.once('data', (text) => resolve(String(text).trim()))
      this.#bus.once('error', reject)
      this.#bus.once('exit', (code) => reject(new Error(`dbus-daemon ended (${code}).`)))
    })
  }

  async #startDaemon(unlocked: boolean): Promise<void> {
    const daemon = spawn(
      'gnome-keyring-daemon',
      ['--foreground', '--components=secrets', ...(unlocked ? ['--unlock'] : [])],
      { env: clean(this.environment), stdio: ['pipe', 'ignore', 'ignore'] },
    )
    daemon.stdin?.end(unlocked ? PASSWORD : '')
    this.#daemon = daemon
    const limit = performance.now() + 10_000
    while (!this.#serves(unlocked)) {
      if (performance.now() > limit) throw new Error('The keyring did not start.')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  #serves(unlocked: boolean): boolean {
    const owned = this.#call(
      'org.freedesktop.DBus',
      '/',
      'org.freedesktop.DBus.NameHasOwner',
      'string:org.freedesktop.secrets',
    )
    if (!/true/.test(owned)) return false
    if (!unlocked) return true
    const locked = this.#call(
      'org.freedesktop.secrets',
      '/org/freedesktop/secrets/collection/login',
      'org.freedesktop.DBus.Properties.Get',
      'string:org.freedesktop.Secret.Collection',
      'string:Locked',
    )
    return /false/.test(locked)
  }

  #call(to: string, path: string, method: string, ...args: readonly string[]): string {
    const { stdout } = spawnSync(
      'dbus-send',
      ['--session', '--print-reply=literal', `--dest=${to}`, path, method, ...args],
      { env: clean(this.environment), encoding: 'utf8' },
    )
    return stdout ?? ''
  }
}

const clean = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )

function ended(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGCONT')
  child.kill('SIGTERM')
  return gone
}
