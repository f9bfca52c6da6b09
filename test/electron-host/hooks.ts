import type { InitializeHook, ResolveHook } from 'node:module'

let host = ''

export const initialize: InitializeHook<string> = (url) => {
  host = url
}

/** `import … from 'electron'` of an app finds the host. */
export const resolve: ResolveHook = (specifier, context, next) =>
  specifier === 'electron' ? { url: host, shortCircuit: true } : next(specifier, context)
