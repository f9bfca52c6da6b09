// An application that signs people in with MSAL for Node, as its documentation shows it.
import dns from 'node:dns'
import { isIP } from 'node:net'
import { answerCalls } from './answer-calls.mjs'
import { callback, Person } from './person.mjs'

// B2C's names lead to this machine, as by a line in the hosts file; and whatever MSAL tries, no test
// asks Microsoft.
const lookUp = dns.lookup
dns.lookup = (name, ...rest) => {
  if (name === 'localhost' || isIP(name)) return lookUp(name, ...rest)
  if (name.endsWith('.b2clogin.com')) return lookUp('127.0.0.1', ...rest)
  return rest.at(-1)(Object.assign(new Error(`${name} is not asked`), { code: 'ENOTFOUND' }))
}

let application
let person
let asked

answerCalls({
  /** Begins, with what was in its cache the last time. */
  async start(options) {
    asked = options
    const msal = await import(options.package)
    const { clientId, clientSecret, authority, knownAuthorities, cache } = options
    const auth = { clientId, authority, knownAuthorities, ...(clientSecret && { clientSecret }) }
    application = clientSecret
      ? new msal.ConfidentialClientApplication({ auth })
      : new msal.PublicClientApplication({ auth })
    if (cache) application.getTokenCache().deserialize(cache)
    person ??= new Person(new URL(authority).origin)
  },

  async signIn({ authority = asked.authority, scopes, prompt, typed = null }) {
    const request = { authority, scopes, ...(prompt && { prompt }) }
    return told(await (asked.clientSecret ? byCode(request, typed) : byLoopback(request, typed)))
  },

  async silent({ authority = asked.authority, scopes, homeAccountId, forceRefresh = false }) {
    const accounts = await application.getTokenCache().getAllAccounts()
    const account = accounts.find((one) => one.homeAccountId === homeAccountId)
    return told(await application.acquireTokenSilent({ authority, scopes, account, forceRefresh }))
  },

  accounts: async () =>
    (await application.getTokenCache().getAllAccounts()).map((one) => one.homeAccountId),

  cache: () => application.getTokenCache().serialize(),

  /** Sends the person to the provider's sign-out. */
  async signOut({ url }) {
    const cache = application.getTokenCache()
    for (const account of await cache.getAllAccounts()) await cache.removeAccount(account)
    return (await person.open(url, null)).url.href
  },
})

/** Without a secret: MSAL listens on this machine itself. */
const byLoopback = (request, typed) =>
  application.acquireTokenInteractive({
    ...request,
    openBrowser: async (url) => {
      // MSAL goes on listening only once this has returned.
      person.openAndReturn(url, typed).catch((error) => process.stderr.write(`${error.stack}\n`))
    },
    successTemplate: 'Signed in.',
    errorTemplate: 'Not signed in.',
  })

/** With a secret: the application's own web address takes the code. */
async function byCode(request, typed) {
  const { redirectUri } = asked
  const url = await application.getAuthCodeUrl({ ...request, redirectUri })
  const { to } = callback(await person.open(url, typed))
  const answer = new URL(to).searchParams
  if (answer.has('error')) {
    const error = new Error(answer.get('error_description'))
    throw Object.assign(error, { errorCode: answer.get('error') })
  }
  return application.acquireTokenByCode({ ...request, redirectUri, code: answer.get('code') })
}

const told = ({ accessToken, idToken, idTokenClaims, scopes, fromCache, account }) => ({
  accessToken,
  idToken,
  idTokenClaims,
  scopes,
  fromCache,
  homeAccountId: account.homeAccountId,
  username: account.username,
})
