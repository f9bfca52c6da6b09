import * as v from 'valibot'
import { AccountClaim } from './plan.ts'

/** `GET /me/accounts`: the open accounts of the person, in the order of their names. */
export const MyAccounts = v.object({
  accounts: v.array(v.object({ ...AccountClaim.entries, current: v.boolean() })),
})

export type MyAccounts = v.InferOutput<typeof MyAccounts>

/** `POST /me/account` */
export const SwitchAccount = v.object({ account_id: v.string() })

/** The session acts for that account from now on; the access token says so after a refresh, which is due. */
export const SwitchedAccount = v.object({ account: AccountClaim, refresh: v.literal('now') })

export type SwitchedAccount = v.InferOutput<typeof SwitchedAccount>

/** `POST /me/delete`: typed by the person, the address that they are known by, or their name without one. */
export const DeleteMe = v.object({ confirm: v.string() })
