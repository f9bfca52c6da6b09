import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { HostedEvent } from './event.ts'
import { strictClass } from './strict.ts'

interface Manifest {
  readonly productName: string
  readonly version: string
  readonly desktopName?: string
}

export interface Quitting {
  /** Closes the windows. @returns whether all of them did */
  closeWindows(): Promise<boolean>
  end(): Promise<void>
}

/** Electron's `app`, as far as ours uses it. */
export class App extends EventEmitter {
  readonly isPackaged = false
  readonly name: string
  readonly #folder: string
  readonly #manifest: Manifest
  #quitting: Quitting | undefined
  #isQuitting = false
  #ready = false
  #lock: { readonly file: string; readonly server: Server } | undefined

  constructor(folder: string) {
    super()
    this.#folder = folder
    this.#manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    this.name = this.#manifest.productName
    process.env.CHROME_DESKTOP ??= this.#manifest.desktopName
  }

  /** For the host: how windows and sessions are ended. */
  set quitting(quitting: Quitting) {
    this.#quitting = quitting
  }

  /** For the host: the entry module has run. */
  begin(): void {
    this.#ready = true
    this.emit('will-finish-launching')
    this.emit('ready', new HostedEvent(), {})
  }

  whenReady(): Promise<void> {
    if (this.#ready) return Promise.resolve()
    return new Promise((resolve) => this.once('ready', () => resolve()))
  }

  isReady(): boolean {
    return this.#ready
  }

  getVersion(): string {
    return this.#manifest.version
  }

  getAppPath(): string {
    return this.#folder
  }

  getPath(name: 'userData'): string {
    if (name !== 'userData') throw new Error(`Failed to get '${name}' path`)
    const config = process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config')
    const given = process.argv.find((arg) => arg.startsWith('--user-data-dir='))
    const path = given?.slice('--user-data-dir='.length) ?? join(config, this.#manifest.productName)
    mkdirSync(path, { recursive: true })
    return path
  }

  setDesktopName(name: string): void {
    process.env.CHROME_DESKTOP = name
  }

  /** On Linux Electron runs the desktop's own tool for it, and so does this. */
  setAsDefaultProtocolClient(scheme: string): boolean {
    const args = ['set', 'default-url-scheme-handler', scheme, process.env.CHROME_DESKTOP ?? '']
    return spawnSync('xdg-settings', args).status === 0
  }

  /** A file that only one process can make, and a socket by which later ones tell of themselves. */
  requestSingleInstanceLock(): boolean {
    if (this.#lock) return true
    const data = this.getPath('userData')
    const file = join(data, 'SingletonLock.host')
    const name = createHash('sha256').update(data).digest('hex').slice(0, 16)
    const socket = join(tmpdir(), `electron-host-${name}.sock`)
    for (;;) {
      try {
        writeFileSync(file, `${process.pid}`, { flag: 'wx' })
        break
      } catch {
        if (isAlive(Number(readFileSync(file, 'utf8')))) {
          tellFirst(socket)
          return false
        }
        rmSync(file, { force: true })
      }
    }
    rmSync(socket, { force: true })
    const server = createServer((connection) => {
      let text = ''
      connection.on('error', () => {})
      connection.on('data', (chunk) => {
        text += chunk
        if (!text.endsWith('\n')) return
        const { argv, cwd } = JSON.parse(text)
        connection.end('heard')
        // Electron says null where a second instance gave no additional data.
        this.emit('second-instance', new HostedEvent(), argv, cwd, null)
      })
    }).listen(socket)
    server.unref()
    this.#lock = { file, server }
    return true
  }

  quit(): void {
    if (this.#isQuitting) return
    const asked = new HostedEvent()
    this.emit('before-quit', asked)
    if (asked.defaultPrevented) return
    this.#isQuitting = true
    void (async () => {
      if (!((await this.#quitting?.closeWindows()) ?? true)) {
        this.#isQuitting = false
        return
      }
      this.exit(0)
    })()
  }

  exit(code = 0): void {
    void (async () => {
      await this.#quitting?.end()
      if (this.#lock) rmSync(this.#lock.file, { force: true })
      process.exit(code)
    })()
  }

  /** For the host: the last window closed. */
  windowsClosed(): void {
    if (this.#isQuitting) return
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed')
    else this.quit()
  }
}

strictClass('app', App)

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The lock is asked for synchronously: this returns when the first instance has heard. */
function tellFirst(socket: string): void {
  const [program = '', ...args] = process.argv
  // Chromium puts switches before everything else, and adds some (electron/electron#20322).
  const switches = args.filter((arg) => arg.startsWith('--'))
  const others = args.filter((arg) => !arg.startsWith('--'))
  const argv = [program, ...switches, '--allow-file-access-from-files', ...others]
  const message = `${JSON.stringify({ argv, cwd: process.cwd() })}\n`
  const source = `const s=require('net').connect(${JSON.stringify(socket)},()=>s.write(${JSON.stringify(message)}));s.on('data',()=>s.end());s.on('error',()=>{})`
  spawnSync(process.execPath, ['-e', source], { timeout: 5_000 })
}
