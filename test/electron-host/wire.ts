/**
 * Values between the processes: the part of structured cloning that crosses JSON with tags. What
 * Electron refuses to clone is refused here. Also runs in the page, as text: it names nothing outside
 * itself.
 */
export interface Wire {
  encode(value: unknown): unknown
  decode(value: unknown): unknown
}

export function makeWire(): Wire {
  const encode = (value: unknown): unknown => {
    if (value === undefined) return { $: 'undefined' }
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
    if (typeof value === 'number')
      return Number.isFinite(value) ? value : { $: 'number', is: `${value}` }
    if (typeof value !== 'object' || value instanceof Promise) {
      throw new Error('An object could not be cloned.')
    }
    if (Array.isArray(value)) return value.map(encode)
    if (value instanceof Error) return { $: 'error', is: value.message }
    return { $: 'object', is: Object.entries(value).map(([key, part]) => [key, encode(part)]) }
  }
  const decode = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(decode)
    if (typeof value !== 'object' || value === null) return value
    const tagged = value as { $: string; is?: unknown }
    switch (tagged.$) {
      case 'undefined':
        return undefined
      case 'number':
        return Number(tagged.is)
      case 'error':
        return new Error(String(tagged.is))
      default:
        return Object.fromEntries(
          (tagged.is as [string, unknown][]).map(([key, part]) => [key, decode(part)]),
        )
    }
  }
  return { encode, decode }
}
