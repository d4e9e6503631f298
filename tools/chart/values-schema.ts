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

/** JSON Schema of an app's settings: one property each. */
export interface SettingsSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

/** One setting: its name beside its schema. */
export interface SettingRow {
  readonly name: string;
  readonly description: string;
  readonly [keyword: string]: unknown;
}

type Node = Readonly<Record<string, unknown>>;

/**
 * values.schema.json out of the skeleton and the services' own schemas.
 * @param skeleton text of schema.skeleton.yaml
 * @param settings JSON Schema of each app's settings
 */
export function valuesSchema(skeleton: string, settings: Readonly<Record<string, SettingsSchema>>): Node {
  const {$parts: parts, ...schema} = parse(skeleton, {maxAliasCount: 1000}) as Node & {$parts: Record<string, Node>};
  const resolvePart = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(resolvePart);
    return typeof part === 'object' && part !== null ? resolve(part as Node) : part;
  };
  const resolve = (node: Node): Node => {
    if (typeof node.$settings === 'string') return settingsOf(settings[node.$settings], node.$settings);
    const {$include: includes = [], ...rest} = node as Node & {$include?: readonly string[]};
    const resolved: Record<string, unknown> = Object.fromEntries(
      Object.entries(rest).map(([key, value]) => [key, resolvePart(value)]),
    );
    for (const part of includes)
      resolved.properties = {...(resolved.properties as Node | undefined), ...resolve(parts[part] ?? {})};
    return isObjectSchema(node) ? {type: 'object', additionalProperties: false, ...resolved} : resolved;
  };
  return resolve(schema);
}

// A map of properties may itself have one that is called `properties`; only a schema has an object of schemas there.
const isObjectSchema = ({properties}: Node): boolean =>
  typeof properties === 'object' && properties !== null && !('$ref' in properties);

function settingsOf(schema: SettingsSchema | undefined, app: string): Node {
  if (schema === undefined) throw new Error(`no settings schema of ${app}`);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(settingsRows(schema).map(({name, ...rest}) => [name, rest])),
  };
}

/** {name, description, …schema} of each setting that the chart leaves to its user. */
export function settingsRows({properties = {}}: SettingsSchema): SettingRow[] {
  const own = (
    Object.entries(properties) as [string, {default?: string | number | boolean; description?: string}][]
  ).filter(([name]) => !WIRED.has(name) && !REFUSED.has(name));
  // The service knows its default; as a default of the values it would only grow stale in a hospital's files.
  return own.map(([name, {default: standard, description = '', ...rest}]) => ({
    name,
    ...rest,
    description: standard === undefined ? description : `${description} Default: ${String(standard)}.`,
  }));
}
