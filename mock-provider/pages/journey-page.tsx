import type { ComponentChildren, VNode } from 'preact'
import type { Refusal } from '../journeys/refusal.ts'
import { Contract, Message, type PageSettings } from './contract.tsx'
import { Csrf, Page } from './page.tsx'

/** What every page of a journey is drawn with. */
export interface JourneyPageProps {
  /** The application's name. */
  readonly application: string
  readonly tenant: string
  readonly settings: PageSettings
  readonly nonce: string
  readonly refusal: Refusal | undefined
}

/** The page-level messages of B2C's self-asserted pages. */
const ELEMENTS = [
  'claimVerificationServerError',
  'requiredFieldMissing',
  'fieldIncorrect',
  'passwordEntryMismatch',
] as const

/** The id of the form to which a page's "Change e-mail" belongs. */
export const EDIT_FORM = 'attributeVerificationEdit'

/** A page that asks a person for something about themselves, with `#continue` and `#cancel`. */
export const AttributePage = (
  props: JourneyPageProps & {
    title: string
    lead: string
    /** What the button says; `Continue` when left out. */
    action?: string
    /** Whether it can go on yet, where an e-mail address has to be verified first. */
    ready?: boolean
    children: ComponentChildren
  },
): VNode => (
  <Page title={`${props.title} – ${props.tenant}`}>
    <Contract settings={props.settings} nonce={props.nonce}>
      <h1>{props.title}</h1>
      <p>{props.lead}</p>
      {ELEMENTS.map((element) => (
        <Message key={element} element={element} refusal={props.refusal} pageLevel />
      ))}
      <form id="attributeVerification" method="post">
        <Csrf token={props.settings.csrf} />
        {props.children}
        <button
          id="continue"
          class="main"
          type="submit"
          name="action"
          value="continue"
          disabled={!(props.ready ?? true)}
        >
          {props.action ?? 'Continue'}
        </button>
        <button id="cancel" type="submit" name="action" value="cancel" formnovalidate>
          Cancel
        </button>
      </form>
      <form id={EDIT_FORM} method="post">
        <Csrf token={props.settings.csrf} />
      </form>
    </Contract>
  </Page>
)

/** A line to type in; its id is its name, as at B2C. */
export const Field = (props: {
  id: string
  label: string
  secret?: boolean
  value?: string
  autocomplete: string
  required?: boolean
  autofocus?: boolean
}): VNode => {
  const { id, label, secret = false, value = '', autocomplete } = props
  const { required = false, autofocus = false } = props
  const input = { id, name: id, autocomplete, required, autofocus }
  return (
    <>
      <label for={id}>{label}</label>
      {secret ? (
        <input {...input} type="password" />
      ) : (
        <input {...input} type="text" value={value} />
      )}
    </>
  )
}

/** A new password, twice. */
export const NewPassword = (props: { label: string; again: string; autofocus: boolean }): VNode => (
  <>
    <Field
      id="newPassword"
      label={props.label}
      secret
      autocomplete="new-password"
      required
      autofocus={props.autofocus}
    />
    <Field id="reenterPassword" label={props.again} secret autocomplete="new-password" required />
  </>
)
