import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Me } from '../../../protocol/me.ts'
import type { View } from '../../ipc/view.ts'
import { BriefLook, later } from '../brief-look.ts'

export interface DetailsProps {
  readonly view: View
  readonly me: Me | undefined
}

/**
 * What a developer asks for. The ids are no secrets, but whoever has them can ask others about this person:
 * they are shown on request, and hidden again after a while and when the person turns to something else.
 */
export function Details({ view, me }: DetailsProps): JSX.Element {
  const [shown, setShown] = useState(false)
  const look = useMemo(() => new BriefLook(later, setShown), [])
  useEffect(() => {
    const hide = () => look.hide()
    addEventListener('blur', hide)
    return () => {
      removeEventListener('blur', hide)
      hide()
    }
  }, [look])
  return (
    <details onToggle={({ currentTarget }) => currentTarget.open || look.hide()}>
      <summary>Details</summary>
      <dl>
        {me && (
          <>
            <dt>Session</dt>
            <dd>
              <Id of={me.session} shown={shown} />
            </dd>
            <dt>User</dt>
            <dd>
              <Id of={me.user} shown={shown} />
            </dd>
          </>
        )}
        <dt>Site</dt>
        <dd>
          <code>{view.about.site}</code>
        </dd>
        <dt>App</dt>
        <dd>
          {view.about.version} on {view.about.runtime}
        </dd>
        <dt>Kept in</dt>
        <dd>{view.kept ? KEPT_IN[view.kept.in] : 'nothing yet'}</dd>
      </dl>
      {me && (
        <button type="button" onClick={() => (shown ? look.hide() : look.show())}>
          {shown ? 'Hide the ids' : 'Show the ids'}
        </button>
      )}
    </details>
  )
}

/** Hidden, it is not in the page at all. */
const Id = ({ of, shown }: { readonly of: { readonly id: string }; readonly shown: boolean }) =>
  shown ? <code>{of.id}</code> : <>hidden</>

const KEPT_IN = {
  keychain: 'the keychain of this computer',
  safe_storage: 'a file that this computer’s keychain has the key of',
  memory: 'memory only',
} as const satisfies Record<NonNullable<View['kept']>['in'], string>
