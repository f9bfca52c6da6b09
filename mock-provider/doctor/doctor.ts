import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { diagnose, type Finding, judgeScheme, type Question } from './diagnose.ts'
import { examine } from './examine.ts'

/** Finds out why MSAL says `endpoints_resolution_error`. */
export async function consult(question: Question): Promise<readonly Finding[]> {
  const scheme = judgeScheme(question.authority)
  if (scheme.kind === 'wrong') return [scheme]
  const examined = await examine(question.authority, readCertificate(question.caFile))
  return [scheme, ...diagnose(question, examined)]
}

const MARKS = { well: 'ok   ', open: '?    ', wrong: 'wrong' } as const satisfies Record<
  Finding['kind'],
  string
>

/** For people, a line for each finding. */
export const report = (findings: readonly Finding[]): string =>
  findings.map(({ kind, sentence }) => `${MARKS[kind]} ${sentence}\n`).join('')

function readCertificate(file: string): X509Certificate | undefined {
  try {
    return new X509Certificate(readFileSync(file))
  } catch {
    // There may be none: the doctor is asked about any authority.
    return undefined
  }
}
