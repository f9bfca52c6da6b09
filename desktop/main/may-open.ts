/**
 * Whether an address may leave the app for the system browser: our site's own, over http or https,
 * with nothing that could be taken for a name and password. Any other kind of address could start
 * any program there is (Electron's security checklist no. 15).
 */
export function mayOpen(address: string, site: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return (
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.origin === new URL(site).origin &&
    url.username === '' &&
    url.password === ''
  )
}
