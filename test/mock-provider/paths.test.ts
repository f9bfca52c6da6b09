import * as v from 'valibot'
import { expect, test } from 'vitest'
import { ProviderConfig } from '../../mock-provider/config.ts'
import { DEFAULT_CONFIG } from '../../mock-provider/defaults.ts'
import { issuerOf, readPath } from '../../mock-provider/dialect/b2c/paths.ts'

const tenant = { name: 'contoso', id: '775527ff-9a37-4307-8b3d-cc311f58d925' }
const config = v.parse(ProviderConfig, { ...DEFAULT_CONFIG, tenant })
const domain = 'contoso.onmicrosoft.com'
const token = '/oauth2/v2.0/token'

test.each([
  ['policy in the path', `/${domain}/B2C_1_signupsignin${token}`, undefined, `/${domain}`],
  ['tenant by GUID', `/${tenant.id}/b2c_1_signupsignin${token}`, undefined, `/${tenant.id}`],
  ['tfp', `/tfp/${tenant.id}/B2C_1_SIGNUPSIGNIN${token}`, undefined, `/tfp/${tenant.id}`],
  ['TFP and domain', `/TFP/${domain}/b2c_1_signupsignin${token}`, undefined, `/tfp/${domain}`],
  ['policy as p', `/${domain}${token}`, 'b2c_1_SignUpSignIn', `/${domain}`],
  [
    'any case',
    `/${domain.toUpperCase()}/B2C_1_SignUpSignIn/OAuth2/V2.0/Token`,
    undefined,
    `/${domain}`,
  ],
])('%s', (_, path, p, house) => {
  expect(readPath(path, p, config)).toMatchObject({
    kind: 'policy',
    policy: { id: 'B2C_1_signupsignin' },
    endpoint: 'token',
    base: `${house}/b2c_1_signupsignin`,
    tail: '',
  })
})

test('the reset policy has addresses of its own', () => {
  const path = `/tfp/${tenant.id}/B2C_1_PasswordReset${token}`
  expect(readPath(path, undefined, config)).toMatchObject({
    policy: { id: 'B2C_1_passwordreset', journey: 'reset' },
    base: `/tfp/${tenant.id}/b2c_1_passwordreset`,
  })
})

test('what follows authorize keeps its case', () => {
  const path = `/${domain}/B2C_1_signupsignin/OAUTH2/v2.0/authorize/aB-c_D`
  expect(readPath(path, undefined, config)).toMatchObject({
    endpoint: 'authorize',
    tail: '/aB-c_D',
  })
})

test.each([`/${domain}/oauth2/authresp`, `/${tenant.id}/OAuth2/AuthResp`])('%s', (path) => {
  expect(readPath(path, undefined, config)).toEqual({ kind: 'authresp' })
})

test.each([
  ['in the path', `/${domain}/b2c_1_other${token}`, undefined],
  ['as p', `/${domain}${token}`, 'b2c_1_other'],
])('a policy that isn’t there, %s, is named', (_, path, p) => {
  expect(readPath(path, p, config)).toEqual({ kind: 'unknown-policy', policy: 'b2c_1_other' })
})

test.each([
  ['another tenant', `/fabrikam.onmicrosoft.com/b2c_1_signupsignin${token}`, undefined],
  ['no policy', `/${domain}${token}`, undefined],
  ['something behind the token endpoint', `/${domain}/b2c_1_signupsignin${token}/x`, undefined],
  [
    'something that only begins alike',
    `/${domain}/b2c_1_signupsignin/oauth2/v2.0/authorizex`,
    undefined,
  ],
  ['the engine’s own logout', `/${domain}/b2c_1_signupsignin/session/end`, undefined],
  ['nothing', '/', undefined],
])('%s is nobody’s address', (_, path, p) => {
  expect(readPath(path, p, config)).toBeUndefined()
})

test.each([
  ['tfp', 'https://contoso.b2clogin.com/tfp/775527ff-9a37-4307-8b3d-cc311f58d925/b2c_1_x/v2.0/'],
  ['tenant', 'https://contoso.b2clogin.com/775527ff-9a37-4307-8b3d-cc311f58d925/v2.0/'],
] as const)('the issuer in the style %s', (issuerStyle, issuer) => {
  const style = { tenant, issuerStyle }
  expect(issuerOf('https://contoso.b2clogin.com', style, { id: 'B2C_1_x' })).toBe(issuer)
})
