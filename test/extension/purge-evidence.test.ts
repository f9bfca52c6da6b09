import { expect, test } from 'vitest'
import { type Evidence, weigh } from '../../extension/background/purge-evidence.ts'

const CASES: readonly (readonly [what: string, evidence: Evidence, outcome: string])[] = [
  [
    'the probe brought cookies, and would ask',
    { removed: 2, left: 0, probe: 'proven', probeBroughtCookies: true, site: 'proven' },
    'proven',
  ],
  [
    '… although the site’s probe was let in before',
    { removed: 2, left: 0, probe: 'proven', probeBroughtCookies: true, site: 'sticky' },
    'proven',
  ],
  [
    'the probe was let in',
    { removed: 2, left: 0, probe: 'sticky', probeBroughtCookies: true, site: 'proven' },
    'sticky',
  ],
  [
    'the probe came to nothing',
    { removed: 2, left: 0, probe: 'unknown', probeBroughtCookies: true, site: 'proven' },
    'unknown',
  ],
  [
    'the probe brought none; the site’s would ask, and the jar is empty',
    { removed: 2, left: 0, probe: 'proven', probeBroughtCookies: false, site: 'proven' },
    'proven',
  ],
  [
    'the probe brought none, and cookies are left',
    { removed: 1, left: 1, probe: 'proven', probeBroughtCookies: false, site: 'proven' },
    'unknown',
  ],
  [
    'the probe brought none; the site’s was let in, and nothing was removed',
    { removed: 0, left: 0, probe: 'proven', probeBroughtCookies: false, site: 'sticky' },
    'sticky',
  ],
  [
    'the probe brought none; the site’s was let in, and then cookies were removed',
    { removed: 3, left: 0, probe: 'proven', probeBroughtCookies: false, site: 'sticky' },
    'unknown',
  ],
  [
    'the probe brought none, and nobody is signed in',
    { removed: 3, left: 0, probe: 'proven', probeBroughtCookies: false, site: undefined },
    'unknown',
  ],
  [
    'the probe brought none, and was let in all the same',
    { removed: 3, left: 0, probe: 'sticky', probeBroughtCookies: false, site: 'proven' },
    'sticky',
  ],
]

test.each(CASES)('%s', (_, evidence, outcome) => {
  expect(weigh(evidence)).toBe(outcome)
})
