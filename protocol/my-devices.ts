import * as v from 'valibot'
import { PurgeProof } from './purge-proof.ts'

/** Something that a person is signed in on. Times in seconds since 1970. */
export const SignedInDevice = v.object({
  /** The session's id: what `DELETE /me/devices/:id` takes. */
  id: v.string(),
  /** `null`: a browser on the site itself, or a client without a device key. */
  device_id: v.nullable(v.string()),
  client_id: v.string(),
  name: v.string(),
  platform: v.string(),
  /** Whether it is the one that asks. */
  this_one: v.boolean(),
  signed_in_at: v.number(),
  /** The last refresh; a browser on the site: the last use that renewed it. */
  last_used_at: v.number(),
  idle_ends_at: v.number(),
  absolute_ends_at: v.number(),
  /** The earlier of the two: when it ends unless it is used. */
  runs_out_at: v.number(),
  /** A newer installation by the same name appeared, and this one was not used since: a reinstall's orphan. */
  replaced: v.boolean(),
  purge: v.nullable(PurgeProof),
})

export type SignedInDevice = v.InferOutput<typeof SignedInDevice>

/** `GET /me/devices`, the most recently used first. */
export const MyDevices = v.object({ devices: v.array(SignedInDevice) })

export type MyDevices = v.InferOutput<typeof MyDevices>

/** The answer of everything that ends sessions: the ids of those that it ended. */
export const EndedSessions = v.object({ ended: v.array(v.string()) })

export type EndedSessions = v.InferOutput<typeof EndedSessions>
