/**
 * Kubernetes' way of saying things that JSON Schema says otherwise, put right; objects with named properties allow
 * nothing else.
 */
export function strict(schema) {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  if (schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string')
    return {type: ['string', 'integer']};
  const {format: _, nullable, ...rest} = schema;
  const result = Object.fromEntries(
    Object.entries(rest)
      .filter(([key]) => !key.startsWith('x-kubernetes-'))
      .map(([key, value]) => [key, key === 'properties' ? propertiesOf(value) : strict(value)]),
  );
  const open =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-embedded-resource'] === true;
  if (schema.properties !== undefined && schema.additionalProperties === undefined && !open)
    result.additionalProperties = false;
  if (nullable === true && typeof result.type === 'string') result.type = [result.type, 'null'];
  return result;
}

const propertiesOf = (properties) =>
  Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, strict(one)]));

/** Schema of each kind of a swagger document, whole in itself: [{group, version, kind, schema}]. */
export function kindsOf(swagger, wanted) {
  const definitions = swagger.definitions;
  const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
  const overrides = {[quantity]: {type: ['string', 'number']}};
  const kinds = [];
  for (const [name, definition] of Object.entries(definitions)) {
    const [gvk] = definition['x-kubernetes-group-version-kind'] ?? [];
    if (gvk === undefined || definition['x-kubernetes-group-version-kind'].length !== 1 || !wanted.has(gvk.kind))
      continue;
    const closure = {};
    const visit = (one) => {
      if (closure[one] !== undefined) return;
      closure[one] = overrides[one] ?? strict(definitions[one]);
      for (const [, next] of JSON.stringify(closure[one]).matchAll(/"#\/definitions\/([^"]+)"/g)) visit(next);
    };
    visit(name);
    const own = {
      ...closure[name],
      required: [...new Set([...(closure[name].required ?? []), 'apiVersion', 'kind', 'metadata'])],
    };
    own.properties = {
      ...own.properties,
      apiVersion: {const: [gvk.group, gvk.version].filter((part) => part !== '').join('/')},
      kind: {const: gvk.kind},
    };
    delete closure[name];
    kinds.push({...gvk, schema: {...own, definitions: closure}});
  }
  return kinds;
}

/** Schema of each served version of a CustomResourceDefinition. */
export function versionsOf(crd) {
  const {group, names, versions} = crd.spec;
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
