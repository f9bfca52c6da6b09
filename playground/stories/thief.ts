import { keptDeviceKeys } from '../../client/device-keys.ts'
import { createProof } from '../../protocol/dpop/proof.ts'

/** Presents a copied refresh token together with a key of the thief's own. */
export async function presentCopied(
  site: string,
  refreshToken: string,
): Promise<{ status: number; reason: unknown }> {
  const url = `${site}/refresh`
  const { key } = await keptDeviceKeys.create()
  for (let nonce: string | undefined; ; ) {
    const proof = await createProof(key, { method: 'POST', url, now: 0, nonce })
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', dpop: proof },
      body: new URLSearchParams({ refresh_token: refreshToken, client_id: 'latchkey-desktop' }),
    })
    const body = (await answer.json()) as { error?: string; reason?: string }
    if (body.error !== 'use_dpop_nonce' || nonce !== undefined) {
      return { status: answer.status, reason: body.reason }
    }
    nonce = answer.headers.get('dpop-nonce') ?? ''
  }
}
