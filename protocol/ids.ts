import * as v from 'valibot'

/** A session's, an account's or a person's id, as the site gives them. */
export const Id = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/))
