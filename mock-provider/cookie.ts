/** How cookies are set: for the life of the browser, since the server alone judges time. */
export const COOKIE = { httpOnly: true, sameSite: 'lax', path: '/' } as const
