import { expect, test } from 'vitest'
import { decideLogout, type LogoutRequest } from '../../mock-provider/dialect/b2c/logout.ts'

const application = (name: string) => ({
  clientId: name,
  redirectUris: [`https://${name}.example/`],
  postLogoutRedirectUris: [`https://${name}.example/out`],
})
const applications = [application('shop'), application('mail')]

const shop = 'https://shop.example/out'
const evil = 'https://evil.example/'

test.each<[string, LogoutRequest['hint'], string | undefined, string, string?]>([
  ['no hint, registered somewhere', 'none', shop, 'redirect', 'AADB2C90083'],
  ['no hint, registered nowhere', 'none', evil, 'AADB2C90006', 'AADB2C90083'],
  ['no hint, no address', 'none', undefined, 'page', 'AADB2C90083'],
  ['a hint and its application’s address', { aud: 'shop' }, shop, 'redirect'],
  [
    'a hint and its application’s redirect address',
    { aud: 'shop' },
    'https://shop.example/',
    'redirect',
  ],
  ['a hint and another application’s address', { aud: 'mail' }, shop, 'AADB2C90006'],
  ['a hint for nobody here', { aud: 'bank' }, shop, 'AADB2C90210'],
  ['a hint and no address', { aud: 'shop' }, undefined, 'page'],
  ['a hint that is not ours', undefined, shop, 'AADB2C90210'],
  ['a hint that is not ours and no address', undefined, undefined, 'AADB2C90210'],
])('%s', (_, hint, redirectUri, outcome, required = outcome) => {
  const outcomeWith = (requireIdTokenHint: boolean) => {
    const request = { hint, redirectUri, state: undefined }
    const decision = decideLogout(request, { applications, requireIdTokenHint })
    return decision.kind === 'refuse' ? decision.code : decision.kind
  }
  expect(outcomeWith(false)).toBe(outcome)
  expect(outcomeWith(true)).toBe(required)
})

test('state goes back with the person, beside what the address had', () => {
  const registered = [
    { ...application('shop'), postLogoutRedirectUris: ['https://shop.example/?a=1'] },
  ]
  const request = { hint: 'none', redirectUri: 'https://shop.example/?a=1', state: 'x&y' } as const
  expect(decideLogout(request, { applications: registered, requireIdTokenHint: false })).toEqual({
    kind: 'redirect',
    to: 'https://shop.example/?a=1&state=x%26y',
  })
})
