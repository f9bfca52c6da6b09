/**
 * Lets the test that started this process call these functions, one at a time, by IPC (client.ts).
 *
 * @param {Record<string, (asked: never) => unknown>} functions
 */
export function answerCalls(functions) {
  process.on('message', async ({ name, asked }) => {
    try {
      process.send({ result: (await functions[name](asked)) ?? null })
    } catch (error) {
      // What MSAL's own errors have, and what Node's have.
      const { name: kind, errorCode, code, message } = error
      process.send({ refused: { kind, code: errorCode ?? code ?? '', message } })
    }
  })
  process.on('disconnect', () => process.exit())
  process.send('ready')
}
