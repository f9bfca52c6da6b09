import * as v from 'valibot'
import { expect, test } from 'vitest'
import { ProviderConfig } from '../../mock-provider/config.ts'
import { DEFAULT_CONFIG } from '../../mock-provider/defaults.ts'
import { judgeScopes, scpOf } from '../../mock-provider/dialect/b2c/scopes.ts'
import { APPLICATIONS, READ, READ_NOTES, TASKS, WEB, WRITE } from './applications.ts'

const { applications } = v.parse(ProviderConfig, { ...DEFAULT_CONFIG, applications: APPLICATIONS })

test.each([
  ['openid alone', 'openid', undefined],
  ['all that OpenID Connect has', 'openid profile email offline_access', undefined],
  ['spaces that are too many', '  openid  ', undefined],
  ['itself', `openid ${WEB.clientId}`, WEB.clientId],
  ['an API', `${READ} ${WRITE} openid offline_access`, TASKS.clientId],
  ['an API without openid', READ, TASKS.clientId],
])('%s is fine', (_, scope, audience) => {
  const verdict = judgeScopes(scope, WEB.clientId, applications)
  expect(verdict).toMatchObject({ kind: 'fine' })
  expect(verdict.kind === 'fine' ? verdict.audience?.clientId : 'refused').toBe(audience)
})

test('an API may ask for itself by its id and by its scopes at once', () => {
  const scope = `openid ${TASKS.clientId} ${READ}`
  expect(judgeScopes(scope, TASKS.clientId, applications)).toMatchObject({ kind: 'fine' })
})

test.each([
  ['nothing', undefined, 'AADB2C90010', ''],
  ['spaces', '  ', 'AADB2C90010', ''],
  ['a scope that no API has', `openid ${READ} user.read`, 'AADB2C90117', 'user.read'],
  ['in another case', READ.toUpperCase(), 'AADB2C90117', READ.toUpperCase()],
  [
    'all that an API has',
    `${TASKS.appIdUri}/.default`,
    'AADB2C90117',
    `${TASKS.appIdUri}/.default`,
  ],
  ['another application', TASKS.clientId, 'AADB2C90117', TASKS.clientId],
  ['two APIs', `${READ} ${READ_NOTES}`, 'AADB2C90146', `${READ} ${READ_NOTES}`],
  ['no one', 'offline_access profile', 'AADB2C90115', 'offline_access profile'],
])('%s is refused', (_, scope, code, named) => {
  expect(judgeScopes(scope, WEB.clientId, applications)).toEqual({
    kind: 'refused',
    code,
    scope: named,
  })
})

test('scp is what was granted, in the API’s words and order', () => {
  const api = applications.find(({ clientId }) => clientId === TASKS.clientId)
  if (!api) throw new Error('There is no such API.')
  expect(scpOf(`${WRITE} ${READ}`, api)).toBe('tasks.read tasks.write')
  expect(scpOf(READ, api)).toBe('tasks.read')
  expect(scpOf(TASKS.clientId, api)).toBeUndefined()
})
