import type * as v from 'valibot'
import type { AnyCall } from './call.ts'
import { type JsonSchema, jsonSchema } from './json-schema.ts'

export interface Described {
  readonly title: string
  readonly description: string
  readonly server: string
  /** The JSON of every refusal. */
  readonly refusal: v.GenericSchema
}

/** The calls as an OpenAPI document. */
export const openApi = <Desk>(
  calls: readonly AnyCall<Desk>[],
  { title, description, server, refusal }: Described,
) => ({
  openapi: '3.1.0',
  info: { title, version: '1', description },
  servers: [{ url: server }],
  paths: pathsOf(calls, refusal),
})

function pathsOf<Desk>(
  calls: readonly AnyCall<Desk>[],
  refusal: v.GenericSchema,
): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const call of calls) {
    paths[call.url] = { ...paths[call.url], [call.method]: operation(call, refusal) }
  }
  return paths
}

const operation = <Desk>(
  { name, says, path = {}, query = {}, body, answer }: AnyCall<Desk>,
  refusal: v.GenericSchema,
) => ({
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
    default: { description: 'Refused, and why.', content: json(jsonSchema(refusal)) },
  },
})

const json = (schema: JsonSchema) => ({ 'application/json': { schema } })
