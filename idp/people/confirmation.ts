import type { User } from '../store/records.ts'

/** What somebody types who wants to be deleted: nobody has that on the tip of a finger by mistake. */
export const confirmationOf = ({ email, name }: Pick<User, 'email' | 'name'>): string =>
  email ?? name

export const confirms = (user: Pick<User, 'email' | 'name'>, typed: string): boolean =>
  typed.trim().toLowerCase() === confirmationOf(user).trim().toLowerCase()
