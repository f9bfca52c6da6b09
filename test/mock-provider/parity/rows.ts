import type { ParityTable } from './row.ts'

/** What Azure AD B2C does, and what the provider does of it. `docs/provider-parity.md` is made of this. */
export const PARITY: ParityTable = {
  'Addresses and metadata': [
    {
      behaviour: 'The policy in the path, in `?p=`, behind `/tfp/`; the tenant by name or by GUID',
      sources: ['b2clogin', 'openid-connect'],
      here: 'imitated',
      tests: {
        'mock-provider/address-forms.test.ts': ['endpoints themselves with ?p=, in any case'],
        'mock-provider/paths.test.ts': ['the reset policy has addresses of its own'],
      },
    },
    {
      behaviour: 'Any case is taken; the endpoints in the metadata are lower case',
      sources: ['captures', 'msal'],
      here: 'imitated',
      tests: {
        'mock-provider/address-forms.test.ts': ['endpoints themselves with ?p=, in any case'],
      },
    },
    {
      behaviour: 'One issuer for all policies, or one each (`tfp`)',
      sources: ['configure-tokens', 'tokens-overview'],
      here: 'imitated',
      tests: {
        'mock-provider/address-forms.test.ts': [
          'who issues: the tenant, or each policy for itself',
        ],
      },
    },
    {
      behaviour: '`tfp` or `acr` names the policy, by a setting',
      sources: ['configure-tokens'],
      here: 'different',
      how: '`tfp` alone',
    },
    {
      behaviour: 'Any tenant of `b2clogin.com`, and custom domains',
      sources: ['b2clogin'],
      here: 'different',
      how: 'one tenant for each provider, at `localhost` or a name below `b2clogin.com` or `test`',
    },
    {
      behaviour: 'A policy that isn’t there: AADB2C90022',
      sources: ['error-codes'],
      here: 'imitated',
      tests: { 'mock-provider/address-forms.test.ts': ['a policy that isn’t there: AADB2C90022'] },
    },
    {
      behaviour: 'Keys as `kid use kty e n`, without certificates',
      sources: ['captures'],
      here: 'imitated',
      tests: {
        'mock-provider/flow.test.ts': ['both tokens are signed with the published key, as typ JWT'],
      },
    },
    {
      behaviour: 'Keys are rotated from time to time',
      sources: ['tokens-overview'],
      here: 'different',
      how: 'when the control API is told to',
    },
    {
      behaviour: 'Eight response types in the metadata',
      sources: ['captures'],
      here: 'different',
      how: 'those that are answered: `code`, `code id_token`, `id_token`',
    },
  ],
  'Authorization requests': [
    {
      behaviour: 'Answers as query, fragment or form_post, without `iss`',
      sources: ['openid-connect', 'code-flow', 'captures'],
      here: 'imitated',
      tests: {
        'mock-provider/front-channel.test.ts': [
          'where the answer goes',
          'form_post: a page that posts by itself',
        ],
        'mock-provider/flow.test.ts': ['form_post errors carry no iss either'],
      },
    },
    {
      behaviour: 'Implicit and hybrid ID tokens, where the application may have them: AADB2C90057',
      sources: ['spa', 'error-codes'],
      here: 'imitated',
      tests: {
        'mock-provider/front-channel.test.ts': ['tokens in the front channel'],
        'mock-provider/refusals.test.ts': [
          'told to the application, which is known and is where it says',
        ],
      },
    },
    {
      behaviour: 'Access tokens through the browser (`response_type=token`)',
      sources: ['spa'],
      here: 'not imitated',
      how: 'the engine gives none that way, and RFC 9700 advises against it',
    },
    {
      behaviour: '`prompt=login` and `max_age` ask again',
      sources: ['openid-connect', 'error-codes'],
      here: 'imitated',
      tests: { 'mock-provider/flow.test.ts': ['prompt=login'] },
    },
    {
      behaviour: '`prompt=none` without a session: interaction_required, AADB2C90077',
      sources: ['error-codes', 'captures'],
      here: 'imitated',
      tests: {
        'mock-provider/flow.test.ts': [
          'prompt=none: AADB2C90077 without a session, a code with one',
        ],
      },
    },
    {
      behaviour: '`auth_time` does not tell a session from a fresh sign-in',
      sources: ['tokens-overview'],
      here: 'different',
      how: 'it does, so that clients that check it can be tried',
    },
    {
      behaviour: '`login_hint` is filled in and can be changed',
      sources: ['direct-signin'],
      here: 'imitated',
      tests: {
        'mock-provider/flow.test.ts': ['login_hint is filled in, and markup in it stays text'],
      },
    },
    {
      behaviour: '`domain_hint` leads to the social provider at once',
      sources: ['direct-signin'],
      here: 'imitated',
      tests: {
        'mock-provider/social.test.ts': ['domain_hint=google.com goes straight there'],
      },
    },
    {
      behaviour: '`ui_locales` and custom texts',
      sources: ['customize-ui'],
      here: 'not imitated',
      how: 'taken and left: the pages are in English',
    },
    {
      behaviour: '`prompt=select_account`',
      sources: ['error-codes'],
      here: 'never compared',
      how: 'asks as `login` does: there are no accounts to choose from',
      tests: { 'mock-provider/front-channel.test.ts': ['prompt=%s asks again in a live session'] },
    },
    {
      behaviour: 'Scopes of nobody, of two APIs, or none: AADB2C90117, 90146, 90010, 90115',
      sources: ['error-codes', 'captures'],
      here: 'imitated',
      tests: {
        'mock-provider/scopes.test.ts': ['%s is refused'],
        'mock-provider/refusals.test.ts': ['what was asked for is named'],
      },
    },
    {
      behaviour: 'An application is given permissions for an API: AADB2C90205',
      sources: ['error-codes'],
      here: 'not imitated',
      how: 'each may ask for each API of the tenant',
    },
    {
      behaviour: 'PKCE, S256 and plain; pages have to: AADB2C99059',
      sources: ['code-flow', 'error-codes'],
      here: 'imitated',
      tests: {
        'mock-provider/tokens.test.ts': ['plain PKCE is PKCE: the verifier is the challenge'],
        'mock-provider/flow.test.ts': ['an application without a secret has to bring PKCE'],
      },
    },
    {
      behaviour: '`http://localhost` of a native app has any port',
      sources: ['msal'],
      here: 'imitated',
      tests: { 'mock-provider/front-channel.test.ts': ['an app on this machine'] },
    },
    {
      behaviour:
        'An unknown application or address is told to the person: AADB2C90018, AADB2C90006',
      sources: ['error-codes'],
      here: 'imitated',
      tests: {
        'mock-provider/refusals.test.ts': [
          'told to the person on a page, since nobody knows whose request it is',
        ],
      },
    },
    {
      behaviour: 'Descriptions: code and text, correlation id, timestamp, three lines',
      sources: ['captures'],
      here: 'imitated',
      tests: {
        'mock-provider/flow.test.ts': ['cancel goes back with access_denied and AADB2C90091'],
      },
    },
    {
      behaviour: 'Status and HTML of the error pages',
      sources: ['nowhere'],
      here: 'never compared',
      how: '400, with the code in an element of its own',
      tests: {
        'mock-provider/refusals.test.ts': [
          'told to the person on a page, since nobody knows whose request it is',
        ],
      },
    },
  ],
  Tokens: [
    {
      behaviour:
        'ID token: `ver` 1.0, `sub` = `oid`, `emails`, `tfp`, `nbf`, `newUser` once, `typ` JWT',
      sources: ['tokens-overview', 'passport'],
      here: 'imitated',
      tests: {
        'mock-provider/flow.test.ts': [
          'a person signs in with a password: code, PKCE, nonce, and B2C’s claims',
        ],
        'mock-provider/sign-up.test.ts': [
          'sign up now: e-mail, code, password, name; newUser is said once',
        ],
      },
    },
    {
      behaviour: '`extension_…` claims and a mapping of claims',
      sources: ['tokens-overview'],
      here: 'not imitated',
      how: 'a person’s claims are those above',
    },
    {
      behaviour: 'The token answer: `not_before`, `expires_on`, `resource`, `profile_info`, …',
      sources: ['access-tokens', 'code-flow'],
      here: 'imitated',
      tests: {
        'mock-provider/tokens.test.ts': ['what a token answer holds > everything that B2C’s does'],
      },
    },
    {
      behaviour: 'Numbers as texts in some answers',
      sources: ['code-flow'],
      here: 'different',
      how: 'numbers are numbers, as in the newer samples',
    },
    {
      behaviour: '`client_info` names person and policy when it is asked for',
      sources: ['msal', 'nowhere'],
      here: 'imitated',
      tests: {
        'mock-provider/tokens.test.ts': [
          'client_info names the policy, so that MSAL keeps two accounts apart',
        ],
      },
    },
    {
      behaviour: 'No access token without an API’s scope, or the application’s own id',
      sources: ['access-tokens', 'openid-connect'],
      here: 'imitated',
      tests: {
        'mock-provider/flow.test.ts': [
          'a token response without the application’s own scope holds no access token',
        ],
      },
    },
    {
      behaviour: 'For an API: `aud`, `azp`, `scp`; two APIs at once: AADB2C90146',
      sources: ['access-tokens', 'error-codes'],
      here: 'imitated',
      tests: {
        'mock-provider/tokens.test.ts': ['for an API: aud is the API, azp the application'],
        'mock-provider/scopes.test.ts': ['scp is what was granted, in the API’s words and order'],
      },
    },
    {
      behaviour: 'A wrong secret, none, or one too many: AADB2C90081, 90079, 90084',
      sources: ['error-codes', 'captures'],
      here: 'imitated',
      tests: {
        'mock-provider/refusals.test.ts': ['told at the token endpoint, as JSON with status 400'],
      },
    },
    {
      behaviour: 'Which OAuth error goes with each code, and with which status',
      sources: ['captures', 'nowhere'],
      here: 'never compared',
      how: 'as logs show it where they do; at the token endpoint always 400',
      tests: {
        'mock-provider/refusals.test.ts': ['told at the token endpoint, as JSON with status 400'],
      },
    },
    {
      behaviour: 'Grants that nobody gave out',
      sources: ['error-codes', 'nowhere'],
      here: 'never compared',
      how: 'AADB2C90085, as for another application’s',
      tests: { 'mock-provider/tokens.test.ts': ['one that is %s is taken nowhere'] },
    },
    {
      behaviour: 'A refresh token is used for an API that it was not given for',
      sources: ['nowhere'],
      here: 'never compared',
      how: 'refused with AADB2C90117',
      tests: { 'mock-provider/tokens.test.ts': ['fewer scopes may be asked for, others may not'] },
    },
    {
      behaviour: 'Lifetimes and their ranges, by policy',
      sources: ['configure-tokens'],
      here: 'imitated',
      tests: { 'mock-provider/tokens.test.ts': ['lifetimes are the policy’s'] },
    },
    {
      behaviour: 'Refresh tokens: 14 days, anew at each use, 90 days altogether or without end',
      sources: ['configure-tokens'],
      here: 'imitated',
      tests: {
        'mock-provider/tokens.test.ts': [
          'day 13: another one for 14 days; day 15 after the last: AADB2C90080',
          'day 84, every 12 days: in still, with six days left',
          'without an end of the window: day 395',
        ],
      },
    },
    {
      behaviour: 'Of a page: 24 hours, whatever is set',
      sources: ['spa', 'configure-tokens'],
      here: 'imitated',
      tests: {
        'mock-provider/tokens.test.ts': [
          'of a page: hour 23 gives no longer one; hour 25: AADB2C90080',
        ],
      },
    },
    {
      behaviour: 'An old refresh token is honoured for a while',
      sources: ['nowhere'],
      here: 'never compared',
      how: 'as long as it lives',
      tests: {
        'mock-provider/tokens.test.ts': ['an old refresh token is honoured again, as B2C does'],
      },
    },
    {
      behaviour: 'A code that is used twice takes its tokens away',
      sources: ['nowhere'],
      here: 'never compared',
      how: 'its own tokens are revoked: AADB2C90129',
      tests: { 'mock-provider/tokens.test.ts': ['after its code was used twice: AADB2C90129'] },
    },
    {
      behaviour: 'Refused grants say why: AADB2C90080, 90088, 90128, 90129',
      sources: ['error-codes', 'captures'],
      here: 'imitated',
      tests: {
        'mock-provider/tokens.test.ts': [
          'at another policy: AADB2C90088 names both',
          'of somebody who is no longer there: AADB2C90128',
        ],
      },
    },
    {
      behaviour: 'Codes live about ten minutes, and are good once',
      sources: ['code-flow', 'captures'],
      here: 'imitated',
      tests: {
        'mock-provider/flow.test.ts': ['a code dies after ten minutes', 'a code is good once'],
      },
    },
    {
      behaviour: 'A person’s password sent by the application (ROPC)',
      sources: ['nowhere'],
      here: 'not imitated',
      how: 'refused with AADB2C90086: no careful client has it',
    },
  ],
  'Journeys and pages': [
    {
      behaviour: 'Element ids, `SETTINGS`, `SelfAsserted`, `confirmed`',
      sources: ['customize-ui', 'captures'],
      here: 'imitated',
      tests: {
        'e2e/provider-pages.test.ts': [
          'somebody resets a password, and mistypes the address first',
        ],
        'mock-provider/contract.test.ts': [
          'SelfAsserted, then confirmed: a code, and not a byte of HTML was understood',
          'confirmed answers 302, as B2C does',
        ],
      },
    },
    {
      behaviour: 'Looks: page layouts, custom HTML and CSS, custom policies (`TrustFramework`)',
      sources: ['customize-ui'],
      here: 'not imitated',
      how: 'pages of our own, calm and accessible; a policy named `B2C_1A_…` is one of the user flows',
    },
    {
      behaviour: 'Sign-up with a mailed code, that lives ten minutes and takes five tries',
      sources: ['string-ids', 'captures'],
      here: 'imitated',
      tests: {
        'mock-provider/sign-up.test.ts': [
          'sign up now: e-mail, code, password, name',
          'five wrong codes',
        ],
      },
    },
    {
      behaviour: 'Password reset by a policy of its own: AADB2C90118',
      sources: ['password-reset', 'error-codes'],
      here: 'imitated',
      tests: {
        'mock-provider/reset.test.ts': [
          '“Forgot your password?” sends the application away with access_denied',
        ],
      },
    },
    {
      behaviour: 'Password reset inside the sign-in, `isForgotPassword`',
      sources: ['password-reset'],
      here: 'imitated',
      tests: {
        'mock-provider/reset.test.ts': [
          'reset inside the sign-in: no error, and isForgotPassword once',
        ],
      },
    },
    {
      behaviour: 'Profile edit',
      sources: ['session-behavior'],
      here: 'imitated',
      tests: { 'mock-provider/profile.test.ts': ['somebody who is signed in changes their name'] },
    },
    {
      behaviour: 'Cancel anywhere: AADB2C90091; at a social provider: AADB2C90273',
      sources: ['error-codes', 'captures'],
      here: 'imitated',
      tests: {
        'mock-provider/flow.test.ts': ['cancel goes back with access_denied and AADB2C90091'],
        'mock-provider/social.test.ts': ['cancel there goes back with AADB2C90273'],
      },
    },
    {
      behaviour: 'Google, Microsoft and Facebook, `idp`',
      sources: ['direct-signin', 'nowhere'],
      here: 'different',
      how: 'pages of our own stand in for them; other providers, SAML and federation are not there',
    },
    {
      behaviour: '`idp_access_token` of OAuth 2.0 providers, at the sign-in',
      sources: ['idp-pass-through'],
      here: 'imitated',
      tests: {
        'mock-provider/social.test.ts': [
          'GoogleExchange: its own page, back to the tenant, idp in the token',
        ],
      },
    },
    {
      behaviour: 'A second factor, Conditional Access, Identity Protection, age gating, captcha',
      sources: ['nowhere'],
      here: 'not imitated',
      how: 'a password is enough',
    },
    {
      behaviour: 'Smart lockout after too many wrong passwords: AADB2C90114',
      sources: ['error-codes'],
      here: 'not imitated',
      how: 'a person can be disabled: AADB2C90111',
    },
  ],
  'Sessions and sign-out': [
    {
      behaviour: 'A session of 15 to 1440 minutes, rolling or absolute',
      sources: ['session-behavior'],
      here: 'imitated',
      tests: { 'mock-provider/sessions.test.ts': ['how long a session lives'] },
    },
    {
      behaviour: 'Shared by tenant, application, policy, or not at all',
      sources: ['session-behavior'],
      here: 'imitated',
      tests: { 'mock-provider/sessions.test.ts': ['who shares a session'] },
    },
    {
      behaviour:
        'Keep me signed in, 1 to 90 days; taken back by a policy without it; ends at sign-out',
      sources: ['session-behavior'],
      here: 'imitated',
      tests: { 'mock-provider/sessions.test.ts': ['keep me signed in'] },
    },
    {
      behaviour: 'Cookies: `x-ms-cpim-sso:…`, `-trans`, `-csrf`; SameSite=None and Secure',
      sources: ['cookie-definitions', 'captures'],
      here: 'imitated',
      tests: {
        'mock-provider/https.test.ts': ['cookies go along from other sites’ pages, as B2C’s do'],
      },
    },
    {
      behaviour: 'Cookies for routing: `x-ms-cpim-slice`, `-dc`, `-geo`, …',
      sources: ['cookie-definitions'],
      here: 'not imitated',
      how: 'there is one server',
    },
    {
      behaviour: 'Sign-out asks nothing and goes to `post_logout_redirect_uri`, whatever it is',
      sources: ['openid-connect', 'session-behavior'],
      here: 'different',
      how: 'some application must have registered it: an open redirect teaches nobody anything',
    },
    {
      behaviour: '“Require ID Token in logout requests”',
      sources: ['session-behavior'],
      here: 'imitated',
      tests: {
        'mock-provider/address-forms.test.ts': ['a policy that requires an ID token to sign out'],
      },
    },
    {
      behaviour: 'Whether sign-out revokes refresh tokens',
      sources: ['nowhere'],
      here: 'never compared',
      how: 'it does not',
      tests: { 'mock-provider/tokens.test.ts': ['it outlives the sign-out: B2C revokes nothing'] },
    },
    {
      behaviour: 'What becomes of the sessions of somebody who is disabled',
      sources: ['nowhere'],
      here: 'never compared',
      how: 'they end at once; refreshing is AADB2C90128',
      tests: {
        'mock-provider/control/control.test.ts': [
          'who is disabled can’t sign in, and is signed in nowhere any more',
        ],
      },
    },
    {
      behaviour: 'Single sign-out by front-channel frames (custom policies)',
      sources: ['session-behavior'],
      here: 'imitated',
      tests: {
        'mock-provider/single-sign-out.test.ts': [
          'the others are told by frames that nobody sees, and then it goes on; who asked is not told',
          'an application that never joined is not told',
        ],
      },
    },
  ],
  'Microsoft’s client libraries': [
    {
      behaviour:
        'MSAL for Node, three majors, with a secret and without: code, refresh, second policy, sign-out',
      sources: ['msal'],
      here: 'imitated',
      tests: {
        'mock-provider/clients/msal-node.parts.test.ts': [
          'Alice signs in: her account names person, policy and tenant, and both tokens are good',
          'silently from the cache, then by the refresh token, twice',
          'a second policy: no page is shown',
          'after the sign-out nobody is signed in',
          'the tenant by its GUID, at contoso.b2clogin.com',
        ],
      },
    },
    {
      behaviour: 'MSAL for the browser: redirect, silent, hidden frame, second policy, sign-out',
      sources: ['msal'],
      here: 'imitated',
      tests: {
        'e2e/msal-browser.test.ts': [
          'Alice signs in by redirect: her account names person, policy and tenant',
          'a hidden frame learns of the session from a page at https',
        ],
      },
    },
    {
      behaviour: 'passport-azure-ad: the site’s strategy and the API’s',
      sources: ['passport'],
      here: 'imitated',
      tests: {
        'mock-provider/clients/passport.parts.test.ts': [
          'the site’s strategy takes code and ID token by form_post, and redeems the code',
        ],
      },
    },
    {
      behaviour: 'openid-client and oauth4webapi',
      sources: ['openid-connect'],
      here: 'imitated',
      tests: {
        'mock-provider/standard-clients.test.ts': [
          'openid-client: sign-in with PKCE',
          'oauth4webapi: an app',
        ],
      },
    },
  ],
}
