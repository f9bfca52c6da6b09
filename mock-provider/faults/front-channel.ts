import type Koa from 'koa'
import type { Faults } from './faults.ts'
import { OTHER_ISSUER } from './tokens.ts'

/** What the engine is asked: prompts that are to be ignored are taken out before it sees them. */
export function forgetPrompts(ctx: Koa.Context, faults: Faults): void {
  const url = new URL(ctx.url, 'http://localhost')
  const { searchParams: asked } = url
  const prompts = (asked.get('prompt') ?? '').split(' ')
  const wantsPerson = prompts.includes('login') || asked.has('max_age')
  if (wantsPerson && faults.take('ignored-prompt-login')) {
    asked.delete('max_age')
    setPrompts(asked, prompts, 'login')
  }
  if (prompts.includes('none') && faults.take('ignored-prompt-none')) {
    setPrompts(asked, prompts, 'none')
  }
  const changed = url.pathname + url.search
  if (asked.toString() !== new URLSearchParams(ctx.querystring).toString()) ctx.url = changed
}

function setPrompts(asked: URLSearchParams, prompts: readonly string[], without: string): void {
  const rest = prompts.filter((prompt) => prompt !== without && prompt !== '')
  if (rest.length === 0) asked.delete('prompt')
  else asked.set('prompt', rest.join(' '))
}

/** Spoils what the browser brings back to the application. */
export function spoilReturn(ctx: Koa.Context, faults: Faults): void {
  const location = ctx.response.get('location')
  if (!/[?#&](code|error|id_token)=/.test(location)) return
  const to = new URL(location)
  const inFragment = to.hash !== ''
  const parameters = inFragment ? new URLSearchParams(to.hash.slice(1)) : to.searchParams
  const before = parameters.toString()
  if (parameters.has('state') && faults.take('wrong-state')) parameters.set('state', 'another')
  if (parameters.has('state') && faults.take('lost-state')) parameters.delete('state')
  if (faults.take('foreign-iss')) parameters.set('iss', OTHER_ISSUER)
  if (parameters.toString() === before) return
  if (inFragment) to.hash = parameters.toString()
  ctx.redirect(to.href)
}
