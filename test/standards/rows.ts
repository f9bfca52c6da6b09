import type { Row } from './row.ts'
import { ASVS } from './rows/asvs.ts'
import { DPOP } from './rows/dpop.ts'
import { ELECTRON } from './rows/electron.ts'
import { ENDPOINTS } from './rows/endpoints.ts'
import { OAUTH } from './rows/oauth.ts'
import { SIGNALS } from './rows/signals.ts'
import { TOKENS } from './rows/tokens.ts'

/** Everything that standards ask of us, each with the tests that hold it. */
export const ROWS: readonly Row[] = [
  ...OAUTH,
  ...DPOP,
  ...ENDPOINTS,
  ...TOKENS,
  ...SIGNALS,
  ...ASVS,
  ...ELECTRON,
]
