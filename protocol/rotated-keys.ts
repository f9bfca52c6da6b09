import * as v from 'valibot'

/** `POST /admin/keys/rotate`: the id of the key that signs now; all others are withdrawn. */
export const RotatedKeys = v.object({ kid: v.string() })

export type RotatedKeys = v.InferOutput<typeof RotatedKeys>
