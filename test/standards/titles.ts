/** Texts in quotes or backticks: among them are the titles of a test file. */
const QUOTED = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g

/** What vitest fills in for each row of a table: `%s`, `$name`, and our own `${…}`. */
const FILLED_IN = /%[a-z]|\$\{[^}]*\}|\$\w+/

/**
 * Whether a test file still has a title that begins so, judged by its text alone: quick enough for each
 * run of the unit tests. What really ran, and passed, is looked at by `test/run.mjs` afterwards.
 *
 * @param name as in a row: `describe > test`, or the beginning of that
 */
export function mentions(source: string, name: string): boolean {
  const templates = [...source.matchAll(QUOTED)].map(([, plain, tick]) => plain ?? tick ?? '')
  return name
    .split(' > ')
    .every(
      (part) =>
        (part !== '' && source.includes(part)) || templates.some((text) => mayBegin(text, part)),
    )
}

const mayBegin = (template: string, name: string): boolean =>
  fits(template.split(FILLED_IN), name, false)

/** @param seen whether any words of the title itself were found so far; a bare `%s` would be anything */
function fits([piece = '', ...rest]: readonly string[], name: string, seen: boolean): boolean {
  if (name === '') return seen
  if (piece.startsWith(name)) return true
  if (!name.startsWith(piece) || rest.length === 0) return false
  for (let from = piece.length; from <= name.length; from++) {
    if (fits(rest, name.slice(from), seen || piece.trim().length > 2)) return true
  }
  return false
}
