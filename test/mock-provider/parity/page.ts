import { type ParityRow, type ParityTable, SOURCES } from './row.ts'

/** The table as `docs/provider-parity.md`. */
export function parityPage(table: ParityTable): string {
  const rows = Object.values(table).flat()
  const many = (here: ParityRow['here']) => rows.filter((row) => row.here === here).length
  return `${[
    '# What the provider imitates of Azure AD B2C, and how that is known',
    [
      'No live tenant was compared with it: B2C is not sold any more. What is *imitated* is so by Microsoft’s',
      'documentation, by what its client libraries insist on, or by what public code and logs of real tenants show, and',
      'a test holds it. *Never compared*: B2C does it in some way that no source tells; a test holds ours. *Different* and',
      '*not imitated* are so on purpose.',
    ].join('\n'),
    `${rows.length} behaviours: ${many('imitated')} imitated, ${many('never compared')} never compared, ${many('different')} different, ${many('not imitated')} not imitated.`,
    ...Object.entries(table).map(
      ([area, all]) =>
        `## ${area}\n\n| Azure AD B2C | here | known from |\n| --- | --- | --- |\n${all.map(line).join('\n')}`,
    ),
    'Made of `test/mock-provider/parity/rows.ts`, where each row names its tests.',
  ].join('\n\n')}\n`
}

const line = (row: ParityRow): string =>
  `| ${row.behaviour} | ${'how' in row ? `*${row.here}*: ${row.how}` : row.here} | ${row.sources
    .map((source) => SOURCES[source])
    .join('; ')} |`
