// `npm run provider`: Azure AD B2C on this machine.
import { shiftDate } from '../clock/shifted-date.ts'

// Before anything else: oidc-provider, jose and koa must never see the real `Date`. That is why
// everything else is imported below, not above (static imports run first).
const shifted = shiftDate()
const { run } = await import('./run.ts')
await run(shifted, process.argv.slice(2))
