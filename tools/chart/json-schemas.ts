/** A JSON Schema, or a part of one. */
export interface Schema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Schema of one kind, whole in itself. */
export interface KindSchema {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: Schema;
}

type Gvk = Omit<KindSchema, 'schema'>;
type Definition = Schema & {readonly 'x-kubernetes-group-version-kind'?: readonly Gvk[]};

/** What Kubernetes publishes of its own kinds. */
export interface Swagger {
  readonly definitions: Readonly<Record<string, Definition>>;
}

export interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: {readonly kind: string};
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema: {readonly openAPIV3Schema: Schema};
    }[];
  };
}

/**
 * Kubernetes' way of saying things that JSON Schema says otherwise, put right; objects with named properties allow
 * nothing else.
 */
export function strict(schema: Schema): Schema {
  if (schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string')
    return {type: ['string', 'integer']};
  const {format: _, nullable, ...rest} = schema;
  const result: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest)
      .filter(([key]) => !key.startsWith('x-kubernetes-'))
      .map(([key, value]) => [key, key === 'properties' ? propertiesOf(value as Schema) : strictPart(value)]),
  );
  const open =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-embedded-resource'] === true;
  if (schema.properties !== undefined && schema.additionalProperties === undefined && !open)
    result.additionalProperties = false;
  if (nullable === true && typeof result.type === 'string') result.type = [result.type, 'null'];
  return result;
}

function strictPart(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(strictPart);
  return typeof part === 'object' && part !== null ? strict(part as Schema) : part;
}

const propertiesOf = (properties: Schema): Schema =>
  Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, strictPart(one)]));

/** Schema of each wanted kind of a swagger document. */
export function kindsOf({definitions}: Swagger, wanted: ReadonlySet<string>): KindSchema[] {
  const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
  const overrides: Readonly<Record<string, Schema>> = {[quantity]: {type: ['string', 'number']}};
  const kinds: KindSchema[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    const [gvk, another] = definition['x-kubernetes-group-version-kind'] ?? [];
    if (gvk === undefined || another !== undefined || !wanted.has(gvk.kind)) continue;
    const closure = new Map<string, Schema>();
    const visit = (one: string): void => {
      if (closure.has(one)) return;
      const schema = overrides[one] ?? strict(definitions[one] ?? {});
      closure.set(one, schema);
      for (const [, next = ''] of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) visit(next);
    };
    visit(name);
    const own = closure.get(name) ?? {};
    closure.delete(name);
    kinds.push({
      ...gvk,
      schema: {
        ...own,
        required: [...new Set([...(own.required ?? []), 'apiVersion', 'kind', 'metadata'])],
        properties: {
          ...own.properties,
          apiVersion: {const: [gvk.group, gvk.version].filter((part) => part !== '').join('/')},
          kind: {const: gvk.kind},
        },
        definitions: Object.fromEntries(closure),
      },
    });
  }
  return kinds;
}

/** Schema of each served version of a CustomResourceDefinition. */
export function versionsOf({spec: {group, names, versions}}: CustomResourceDefinition): KindSchema[] {
  return versions
    .filter(({served}) => served)
    .map(({name: version, schema: {openAPIV3Schema}}) => {
      const schema = strict(openAPIV3Schema);
      return {
        group,
        version,
        kind: names.kind,
        schema: {
          ...schema,
          properties: {
            ...schema.properties,
            apiVersion: {const: `${group}/${version}`},
            kind: {const: names.kind},
            metadata: {type: 'object'},
          },
          required: [...new Set([...(schema.required ?? []), 'apiVersion', 'kind', 'metadata', 'spec'])],
        },
      };
    });
}
