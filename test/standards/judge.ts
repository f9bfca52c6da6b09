import type { Row } from './row.ts'

/** One test as it came out. */
export interface Outcome {
  /** Within `test/`. */
  readonly file: string
  /** The full title, as vitest reports it: `describe > test`. */
  readonly title: string
  readonly passed: boolean
}

export interface Verdict {
  readonly held: readonly Row[]
  readonly explained: readonly Row[]
  /** Rows that nothing holds, or that a named test no longer does. */
  readonly open: readonly { readonly row: Row; readonly why: string }[]
}

/** What each row comes to, after the tests ran: a test that was renamed, removed, skipped or failed holds nothing. */
export function judge(rows: readonly Row[], outcomes: readonly Outcome[]): Verdict {
  const held: Row[] = []
  const open: { row: Row; why: string }[] = []
  for (const row of rows.filter((one) => 'tests' in one)) {
    const why = whatIsMissing(row.tests, outcomes)
    if (why === undefined) held.push(row)
    else open.push({ row, why })
  }
  return {
    held,
    open,
    explained: rows.filter((row) => 'explained' in row),
  }
}

function whatIsMissing(
  tests: Readonly<Record<string, readonly string[]>>,
  outcomes: readonly Outcome[],
): string | undefined {
  const names = Object.entries(tests).flatMap(([file, all]) => all.map((name) => ({ file, name })))
  if (names.length === 0) return 'no test is named'
  for (const { file, name } of names) {
    const found = outcomes.filter((one) => one.file === file && one.title.startsWith(name))
    if (found.length === 0) return `${file} ran no test that begins with “${name}”`
    const red = found.find(({ passed }) => !passed)
    if (red) return `${file}: “${red.title}” did not pass`
  }
  return undefined
}

/** The verdict in lines, for people: how many, and each row that nothing holds. */
export function inLines({ held, explained, open }: Verdict): readonly string[] {
  const rows = held.length + explained.length + open.length
  return [
    `${rows} rows: ${held.length} held, ${explained.length} explained, ${open.length} open`,
    ...open.map(
      ({ row: { id, standard, section }, why }) =>
        `  ${id} (${standard}${section === id ? '' : ` ${section}`}): ${why}`,
    ),
  ]
}
