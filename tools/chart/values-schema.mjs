import {parse} from 'yaml';

/** Settings that the chart wires itself, from its own values: not to be given a second time. */
const WIRED = new Set([
  'host',
  'httpPort',
  'grpcPort',
  'chainId',
  'genesisFile',
  'organisation',
  'ledgerRpc',
  'otlpUrl',
  'drainMs',
  'closeMs',
  'kafkaBrokers',
  'kafkaTls',
  'kafkaCaFile',
  'kafkaSaslMechanism',
  'kafkaUsername',
  'kafkaPasswordFile',
  'databaseUrl',
  'databasePasswordFile',
  'databaseCaFile',
  'ingestKeyFile',
  'policyKeyFile',
  'releaseKeyFile',
  'storageKeyFile',
  'policyGrpc',
  'storageGrpc',
  'notifyGrpc',
  'ipfsCluster',
  'kubo',
  'replicationMin',
  'replicationMax',
  'socket',
  'stateDir',
  'managementHost',
  'managementPort',
]);
/** Only for development on one machine: in a cluster it would open the way to inside addresses. */
const REFUSED = new Set(['webhookAllowLoopback']);

/**
 * values.schema.json out of the skeleton and the services' own schemas.
 * @param skeleton text of schema.skeleton.yaml
 * @param settings JSON Schema of each app's settings
 */
export function valuesSchema(skeleton, settings) {
  const {$parts: parts, ...schema} = parse(skeleton, {maxAliasCount: 1000});
  const resolve = (node) => {
    if (Array.isArray(node)) return node.map(resolve);
    if (typeof node !== 'object' || node === null) return node;
    if (node.$settings !== undefined) return settingsOf(settings[node.$settings], node.$settings);
    const {$include: includes = [], ...rest} = node;
    const resolved = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, resolve(value)]));
    for (const part of includes) resolved.properties = {...resolved.properties, ...resolve(parts[part])};
    return isObjectSchema(node) ? {type: 'object', additionalProperties: false, ...resolved} : resolved;
  };
  return resolve(schema);
}

// A map of properties may itself have one that is called `properties`; only a schema has an object of schemas there.
const isObjectSchema = (node) =>
  typeof node.properties === 'object' && node.properties !== null && node.properties.$ref === undefined;

function settingsOf(schema, app) {
  if (schema === undefined) throw new Error(`no settings schema of ${app}`);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(settingsRows(schema).map(({name, ...rest}) => [name, rest])),
  };
}

/** {name, description, …schema} of each setting that the chart leaves to its user. */
export function settingsRows(schema) {
  const own = Object.entries(schema.properties).filter(([name]) => !WIRED.has(name) && !REFUSED.has(name));
  // The service knows its default; as a default of the values it would only grow stale in a hospital's files.
  return own.map(([name, {default: standard, description, ...rest}]) => ({
    name,
    ...rest,
    description: standard === undefined ? description : `${description} Default: ${String(standard)}.`,
  }));
}
