import type * as v from 'valibot'

/** As much of JSON Schema (2020-12) as our calls need. */
export type JsonSchema = { readonly [keyword: string]: unknown }

interface Described extends v.GenericSchema {
  readonly entries?: Readonly<Record<string, Described>>
  readonly item?: Described
  readonly wrapped?: Described
  readonly options?: readonly unknown[]
  readonly literal?: unknown
  readonly pipe?: readonly Described[]
}

/** Says a schema of ours as JSON Schema; what it doesn't know may be anything. */
export function jsonSchema(schema: Described): JsonSchema {
  switch (schema.type) {
    case 'object':
      return objectSchema(schema.entries ?? {})
    case 'array':
      return { type: 'array', items: schema.item ? jsonSchema(schema.item) : {} }
    case 'string':
    case 'number':
    case 'boolean':
      return { type: schema.type }
    case 'literal':
      return { const: schema.literal }
    case 'picklist':
      return { enum: schema.options }
    case 'nullable':
      return { anyOf: [schema.wrapped ? jsonSchema(schema.wrapped) : {}, { type: 'null' }] }
    case 'optional':
      return schema.wrapped ? jsonSchema(schema.wrapped) : {}
    case 'variant':
    case 'union':
      return { anyOf: (schema.options ?? []).map((option) => jsonSchema(option as Described)) }
    default:
      return {}
  }
}

const objectSchema = (entries: Readonly<Record<string, Described>>): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(entries).map(([name, schema]) => [name, jsonSchema(schema)]),
  ),
  required: Object.entries(entries)
    .filter(([, { type }]) => type !== 'optional')
    .map(([name]) => name),
})
