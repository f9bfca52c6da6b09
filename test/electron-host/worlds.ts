import { makeWire, type Wire } from './wire.ts'

/**
 * The preload's side of a page. One half is put into the page's own world, the other into a real
 * isolated world of Chromium (`worldName`), each before any script of the page. They share the DOM
 * and no JavaScript: at the start one hands the other a detached node, by an event whose name nobody
 * else knows, and all later traffic is events on that node.
 *
 * Emulates Electron's contextBridge, and is no security boundary: a page that rewrites the language's
 * own objects first could listen in. The functions below run as text: they name nothing outside.
 */

type Encoded =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'list'; readonly parts: readonly Encoded[] }
  | { readonly is: 'object'; readonly parts: readonly (readonly [string, Encoded])[] }
  | { readonly is: 'error'; readonly message: string }
  | { readonly is: 'function' | 'promise'; readonly id: number }

type Returned = { readonly ok: boolean; readonly value: Encoded }

type Said =
  | { readonly do: 'call'; readonly id: number; readonly args: Encoded }
  | ({ readonly do: 'return' } & Returned)
  | ({ readonly do: 'settle'; readonly id: number } & Returned)
  | { readonly do: 'expose'; readonly name: string; readonly value: Encoded }

interface Peer {
  encode(value: unknown): Encoded
  decode(value: Encoded): unknown
  /** Says something and takes the answer that comes back at once, if one does. */
  say(message: Said): Returned | undefined
  expose: ((name: string, value: Encoded) => Returned) | undefined
}

/** contextBridge's copying: values by value, functions and promises by proxy, prototypes dropped. */
function makePeer(node: EventTarget, mine: string, theirs: string): Peer {
  const functions = new Map<number, (...args: unknown[]) => unknown>()
  const promises = new Map<
    number,
    { resolve(value: unknown): void; reject(error: unknown): void }
  >()
  let last = 0
  let returned: Returned | undefined

  const failure = (error: unknown): Encoded => ({
    is: 'error',
    message: error instanceof Error ? error.message : String(error),
  })

  const encode = (value: unknown): Encoded => {
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.')
    if (typeof value === 'function') {
      const id = ++last
      functions.set(id, value as (...args: unknown[]) => unknown)
      return { is: 'function', id }
    }
    if (typeof value !== 'object' || value === null) return { is: 'value', value }
    if (value instanceof Promise) {
      const id = ++last
      value.then(
        (came) => peer.say({ do: 'settle', id, ok: true, value: encode(came) }),
        (error) => peer.say({ do: 'settle', id, ok: false, value: failure(error) }),
      )
      return { is: 'promise', id }
    }
    if (value instanceof Error) return failure(value)
    if (Array.isArray(value)) return { is: 'list', parts: value.map(encode) }
    const parts = Object.entries(value).map(([key, part]) => [key, encode(part)] as const)
    return { is: 'object', parts }
  }

  const decode = (encoded: Encoded): unknown => {
    switch (encoded.is) {
      case 'value':
        return encoded.value
      case 'list':
        return encoded.parts.map(decode)
      case 'object':
        return Object.fromEntries(encoded.parts.map(([key, part]) => [key, decode(part)]))
      case 'error':
        return new Error(encoded.message)
      case 'promise':
        return new Promise((resolve, reject) => promises.set(encoded.id, { resolve, reject }))
      case 'function':
        return (...args: unknown[]) => {
          const answer = peer.say({ do: 'call', id: encoded.id, args: encode(args) })
          if (!answer) throw new Error('The other world is gone.')
          if (!answer.ok) throw decode(answer.value)
          return decode(answer.value)
        }
    }
  }

  const call = (id: number, args: Encoded): Returned => {
    try {
      const result = functions.get(id)?.(...(decode(args) as unknown[]))
      return { ok: true, value: encode(result) }
    } catch (error) {
      return { ok: false, value: failure(error) }
    }
  }

  node.addEventListener(mine, (event) => {
    const said = (event as CustomEvent<Said>).detail
    switch (said.do) {
      case 'call':
        peer.say({ do: 'return', ...call(said.id, said.args) })
        return
      case 'return':
        returned = said
        return
      case 'settle': {
        const promise = promises.get(said.id)
        promises.delete(said.id)
        promise?.[said.ok ? 'resolve' : 'reject'](decode(said.value))
        return
      }
      case 'expose': {
        const answer = peer.expose?.(said.name, said.value)
        if (answer) peer.say({ do: 'return', ...answer })
      }
    }
  })

  const peer: Peer = {
    encode,
    decode,
    say(message) {
      returned = undefined
      node.dispatchEvent(new CustomEvent(theirs, { detail: message }))
      return returned
    },
    expose: undefined,
  }
  return peer
}

function mainWorld(secret: string, make: typeof makePeer): void {
  const freeze = (value: unknown): unknown => {
    if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
      Object.freeze(value)
      Object.values(value).forEach(freeze)
    }
    return value
  }
  const meet = (event: Event) => {
    const node = (event as MouseEvent).relatedTarget
    if (!node) return
    const peer = make(node, 'to-page', 'to-preload')
    peer.expose = (name, value) => {
      if (name in window) {
        const message = 'Cannot bind an API on top of an existing property on the window object'
        return { ok: false, value: { is: 'error', message } }
      }
      Object.defineProperty(window, name, { value: freeze(peer.decode(value)), enumerable: true })
      return { ok: true, value: { is: 'value', value: undefined } }
    }
  }
  document.addEventListener(secret, meet, { once: true })
}

interface FromPage {
  readonly op: 'invoke' | 'preload_failed'
  readonly number?: number
  readonly channel?: string
  readonly args?: unknown
  readonly url: string
  readonly message?: string
}

type Preload = (require: (name: string) => unknown) => void

function isolatedWorld(
  secret: string,
  binding: string,
  deliver: string,
  make: typeof makePeer,
  wire: Wire,
  preload: Preload | null,
): void {
  const globals = globalThis as unknown as Record<string, (message: never) => void>
  const post = (message: Omit<FromPage, 'url'>) =>
    (globals[binding] as (text: string) => void)(JSON.stringify({ ...message, url: location.href }))
  const listeners = new Map<string, Set<(event: unknown, ...args: unknown[]) => void>>()
  const calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let last = 0
  const node = document.createElement('x-bridge')
  const peer = make(node, 'to-preload', 'to-page')
  document.dispatchEvent(new MouseEvent(secret, { relatedTarget: node }))

  const ipcRenderer = {
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const encoded = wire.encode(args)
        const number = ++last
        calls.set(number, { resolve, reject })
        post({ op: 'invoke', number, channel, args: encoded })
      }),
    on(channel: string, listener: (event: unknown, ...args: unknown[]) => void) {
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener))
    },
    removeListener(channel: string, listener: (event: unknown, ...args: unknown[]) => void) {
      listeners.get(channel)?.delete(listener)
    },
  }
  const contextBridge = {
    exposeInMainWorld(name: string, value: unknown) {
      const answer = peer.say({ do: 'expose', name, value: peer.encode(value) })
      if (!answer?.ok) throw answer ? peer.decode(answer.value) : new Error('There is no page.')
    },
  }
  globals[deliver] = (message: {
    number?: number
    channel: string
    ok?: boolean
    value: unknown
  }) => {
    if (message.number === undefined) {
      const args = wire.decode(message.value) as unknown[]
      for (const listener of listeners.get(message.channel) ?? []) listener({}, ...args)
      return
    }
    const call = calls.get(message.number)
    calls.delete(message.number)
    if (message.ok) call?.resolve(wire.decode(message.value))
    else {
      call?.reject(new Error(`Error invoking remote method '${message.channel}': ${message.value}`))
    }
  }
  const strictly = <T extends object>(name: string, target: T): T =>
    new Proxy(target, {
      get(object, key) {
        if (key in object || typeof key === 'symbol') return Reflect.get(object, key)
        throw new Error(`The Electron host has no ${name}.${key}: add it, or run on Electron.`)
      },
    })
  const electron = strictly('electron', {
    ipcRenderer: strictly('ipcRenderer', ipcRenderer),
    contextBridge: strictly('contextBridge', contextBridge),
  })
  try {
    preload?.((name) => {
      if (name === 'electron') return electron
      throw new Error(`module not found: ${name}`)
    })
  } catch (error) {
    post({ op: 'preload_failed', message: String(error) })
  }
}

export type { FromPage }

/** For the page's own world. */
export const mainWorldSource = (secret: string): string =>
  `(${mainWorld})(${JSON.stringify(secret)}, ${makePeer})`

/** For the isolated world; `preload` is the text of a CommonJS preload. */
export const isolatedWorldSource = (
  secret: string,
  binding: string,
  deliver: string,
  preload: string | undefined,
): string => {
  const names = [secret, binding, deliver].map((name) => JSON.stringify(name)).join(', ')
  const run =
    preload === undefined
      ? 'null'
      : `function (require) { const module = { exports: {} }; const exports = module.exports;\n${preload}\n}`
  return `if (window === window.top) (${isolatedWorld})(${names}, ${makePeer}, (${makeWire})(), ${run})`
}
