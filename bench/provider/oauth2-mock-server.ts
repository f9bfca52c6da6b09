import process from 'node:process'
import { OAuth2Server } from 'oauth2-mock-server'

/** oauth2-mock-server as its documentation starts it: one RSA key, on a free port. */
const server = new OAuth2Server()
await server.issuer.keys.generate('RS256')
await server.start(0, 'localhost')
const url = server.issuer.url ?? ''
process.stdout.write(`${JSON.stringify({ ready: 'oauth2-mock-server', url, issuer: url })}\n`)
const end = () => process.exit(0)
process.once('SIGTERM', end)
process.stdin.once('end', end).resume()
