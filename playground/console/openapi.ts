import { ErrorBody } from '../../protocol/error-body.ts'
import type { AnyCall } from './call.ts'
import { type JsonSchema, jsonSchema } from './json-schema.ts'

/** The calls as an OpenAPI document. */
export const openApi = (calls: readonly AnyCall[], server: string) => ({
  openapi: '3.1.0',
  info: {
    title: 'Latchkey playground',
    version: '1',
    description:
      'One clock, what happened, and everything that can be done by hand in the console. Moments in milliseconds since 1970, unless an answer is the site’s own.',
  },
  servers: [{ url: server }],
  paths: pathsOf(calls),
})

function pathsOf(calls: readonly AnyCall[]): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const call of calls) {
    paths[call.url] = { ...paths[call.url], [call.method]: operation(call) }
  }
  return paths
}

const operation = ({ name, says, path = {}, query = {}, body, answer }: AnyCall) => ({
  operationId: name,
  summary: says,
  parameters: [
    ...Object.entries(path).map(([parameter, schema]) => ({
      name: parameter,
      in: 'path',
      required: true,
      schema: jsonSchema(schema),
    })),
    ...Object.entries(query).map(([parameter, description]) => ({
      name: parameter,
      in: 'query',
      description,
      schema: { type: 'string' },
    })),
  ],
  ...(body ? { requestBody: { required: true, content: json(jsonSchema(body)) } } : {}),
  responses: {
    200: { description: 'Done.', content: json(jsonSchema(answer)) },
    default: { description: 'Refused, and why.', content: json(jsonSchema(ErrorBody)) },
  },
})

const json = (schema: JsonSchema) => ({ 'application/json': { schema } })
