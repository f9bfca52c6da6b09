import type { ComponentChildren, JSX } from 'preact'

/** A list that may be long: it scrolls by itself, by keyboard as well. */
export function Scroll({
  label,
  children,
}: {
  readonly label: string
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
    <section class="scroll-y" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
