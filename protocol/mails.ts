import * as v from 'valibot'

/** `GET /admin/mail`: what was said to whom, the newest first; never the link in it. */
export const MailList = v.object({
  mails: v.array(
    v.object({
      /** The outbox has it as `<id>.eml`. */
      id: v.string(),
      /** Seconds since 1970. */
      at: v.number(),
      kind: v.string(),
      /** `null`: somebody who has no address, or no longer. */
      to: v.nullable(v.string()),
      user_id: v.nullable(v.string()),
      state: v.picklist(['waiting', 'sent', 'undeliverable']),
      attempts: v.number(),
    }),
  ),
})

export type MailList = v.InferOutput<typeof MailList>
