import type { Site } from '../../../idp/site.ts'
import type { Store } from '../../../idp/store/store.ts'
import type { RunningSite } from '../../support/site.ts'

/** A site as an act sees it, with something done just before its first commit. */
export const interrupted = (site: RunningSite, meanwhile: () => Promise<unknown>): Site => {
  let first = true
  const commit: Store['commit'] = async (writes, expected) => {
    if (first) {
      first = false
      await meanwhile()
    }
    return site.store.commit(writes, expected)
  }
  const store = new Proxy(site.store, {
    get(target, property) {
      if (property === 'commit') return commit
      const member: unknown = Reflect.get(target, property)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return { ...site.site, store }
}
