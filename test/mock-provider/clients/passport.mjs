// A site and an API on passport-azure-ad. Its strategies are given what Express would give them.
import { BearerStrategy, OIDCStrategy } from 'passport-azure-ad'
import { answerCalls } from './answer-calls.mjs'
import { callback, Person } from './person.mjs'

let site
let api
let person
const session = {}

answerCalls({
  start({ tenant, clientId, clientSecret, redirectUrl, apiId, policyName }) {
    person = new Person(new URL(tenant).origin)
    const common = {
      // It adds the policy itself: `?p=`.
      identityMetadata: `${tenant}/v2.0/.well-known/openid-configuration`,
      isB2C: true,
      validateIssuer: true,
      loggingLevel: 'error',
      loggingNoPII: true,
    }
    site = new OIDCStrategy(
      {
        ...common,
        clientID: clientId,
        clientSecret,
        responseType: 'code id_token',
        responseMode: 'form_post',
        redirectUrl,
        allowHttpForRedirectUrl: true,
        scope: ['offline_access', clientId],
        passReqToCallback: false,
      },
      (issuer, subject, profile, accessToken, refreshToken, done) =>
        done(null, { issuer, subject, emails: profile.emails, accessToken, refreshToken }),
    )
    api = new BearerStrategy({ ...common, clientID: apiId, policyName }, (claims, done) =>
      done(null, claims, {}),
    )
  },

  /** By a browser of their own, unless they are known and expect no page. */
  async signIn({ policy, typed }) {
    if (typed) person.startAnew()
    const sent = await authenticate(site, { method: 'GET', query: { p: policy } })
    if (!sent.location) return sent
    const { fields } = callback(await person.open(sent.location, typed))
    const ended = await authenticate(site, { method: 'POST', body: fields })
    return { ...ended, description: fields.error_description }
  },

  callApi: ({ token }) =>
    authenticate(api, { method: 'GET', headers: { authorization: `Bearer ${token}` } }),
})

/** What passport does with a strategy, for one request: it makes one with four ways out. */
const authenticate = (strategy, request) =>
  new Promise((resolve, reject) => {
    Object.assign(Object.create(strategy), {
      success: (user) => resolve({ user }),
      fail: (challenge) => resolve({ failed: String(challenge) }),
      redirect: (location) => resolve({ location }),
      error: reject,
    }).authenticate({ query: {}, body: {}, headers: {}, connection: {}, session, ...request }, {})
  })
