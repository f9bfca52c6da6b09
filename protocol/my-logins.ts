import * as v from 'valibot'
import { ACTORS } from './reasons.ts'

/** `now`: every session ends at once. `expiry`: no sign-in and no refresh any more (DESIGN §6). */
export const DISABLE_MODES = ['now', 'expiry'] as const

/** `POST /me/logins/disable` */
export const DisableLogins = v.object({ mode: v.picklist(DISABLE_MODES) })

/** `GET /me/logins`, and the answer of switching them off and on. Times in seconds since 1970. */
export const MyLogins = v.object({
  disabled: v.nullable(
    v.object({
      mode: v.picklist(DISABLE_MODES),
      since: v.number(),
      actor: v.picklist(ACTORS),
    }),
  ),
  /** The latest moment at which anything can still work without being renewed; `null`: nothing does. */
  works_until: v.nullable(v.number()),
})

export type MyLogins = v.InferOutput<typeof MyLogins>
