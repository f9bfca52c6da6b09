/** Names that every runtime, test tool or `await` asks any object for. */
const HARMLESS = new Set<string | symbol>(['then', 'toJSON', 'constructor', 'domain'])

const handler = (name: string): ProxyHandler<object> => ({
  get(object, key, receiver) {
    if (key in object || typeof key === 'symbol' || HARMLESS.has(key)) {
      return Reflect.get(object, key, receiver)
    }
    throw new Error(`The Electron host has no ${name}.${key}: add it, or run on Electron.`)
  },
})

/** An object whose unknown members throw: a host that does nothing in silence would prove nothing. */
export const strict = <T extends object>(name: string, target: T): T =>
  Object.setPrototypeOf(target, new Proxy(Object.getPrototypeOf(target), handler(name)))

/**
 * The same for all instances of a class. The trap lies between the class and its parent, so that
 * `this` and private fields stay what they are.
 */
export function strictClass(name: string, { prototype }: { readonly prototype: object }): void {
  Object.setPrototypeOf(prototype, new Proxy(Object.getPrototypeOf(prototype), handler(name)))
}
