/** Where the values of a JSON text stand. */
export interface JsonPlaces {
  /** The line, from 1, of a value; of what it is missing in, when it is not there. */
  lineOf(path: readonly PropertyKey[]): number
}

/** The text is no JSON, from this line on. */
export interface NoJson {
  readonly wrongLine: number
}

const SPACE = /[ \t\r\n]*/y
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/**
 * Reads a JSON text (RFC 8259) for its places alone. `JSON.parse` tells none of a text that is right,
 * and of one that is wrong it quotes what stands there, which may be a password.
 */
export function jsonPlaces(text: string): JsonPlaces | NoJson {
  const starts = new Map<string, number>()
  let at = 0

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    at += found?.length ?? 0
    return found
  }

  const skip = () => take(SPACE)

  function takeMark(mark: string): boolean {
    skip()
    if (text[at] !== mark) return false
    at += 1
    skip()
    return true
  }

  function value(path: readonly string[]): boolean {
    skip()
    starts.set(JSON.stringify(path), at)
    if (takeMark('{')) return list('}', () => member(path))
    if (takeMark('[')) return list(']', (index) => value([...path, String(index)]))
    return (take(STRING) ?? take(PLAIN)) !== undefined
  }

  function member(path: readonly string[]): boolean {
    const name = take(STRING)
    return name !== undefined && takeMark(':') && value([...path, JSON.parse(name) as string])
  }

  function list(end: string, item: (index: number) => boolean): boolean {
    if (takeMark(end)) return true
    for (let index = 0; item(index); index++) {
      if (takeMark(end)) return true
      if (!takeMark(',')) return false
    }
    return false
  }

  const whole = value([])
  skip()
  if (!whole || at < text.length) return { wrongLine: lineAt(text, at) }
  return {
    lineOf(path) {
      const names = path.map(String)
      for (let length = names.length; length > 0; length--) {
        const start = starts.get(JSON.stringify(names.slice(0, length)))
        if (start !== undefined) return lineAt(text, start)
      }
      return lineAt(text, starts.get('[]') ?? 0)
    },
  }
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length
