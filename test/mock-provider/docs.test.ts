import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { ProviderConfig } from '../../mock-provider/config.ts'
import { CALLS } from '../../mock-provider/control/calls.ts'
import { PERSONA_NAMES } from '../../mock-provider/control/personas.ts'
import { FAULTS, PLACES } from '../../mock-provider/faults/catalogue.ts'

const page = readFileSync(new URL('../../docs/provider.md', import.meta.url), 'utf8')

test('docs/provider.md has each fault, in the words of its catalogue', () => {
  for (const [fault, says] of Object.entries(FAULTS)) {
    expect(page).toContain(`| \`${fault}\` | ${says} |`)
  }
  for (const place of PLACES) expect(page).toContain(`\`${place}\``)
})

test('it has each call of the control API, and each persona', () => {
  const addresses = [...page.matchAll(/\/control\/[\w/{}.-]+/g)].map(([address]) => address)
  for (const { url } of CALLS) expect(addresses).toContain(url)
  for (const persona of PERSONA_NAMES) expect(page).toContain(`\`${persona}\``)
})

test('its configuration is one', () => {
  const example = /```json\n(\{\n {2}"tenant"[\s\S]*?)```/.exec(page)?.[1] ?? ''
  expect(v.safeParse(ProviderConfig, JSON.parse(example))).toMatchObject({ success: true })
})
