// Settings of the services from their own schemas: docs/config/<app>.md, and JSON Schemas for the chart's
// values.
import {z} from 'zod';
import {ingestConfig} from '@vitalvault/ingest/config';
import {ledgerConfig} from '@vitalvault/ledger-abci/config';
import {notifyConfig} from '@vitalvault/notify/config';
import {policyConfig} from '@vitalvault/policy/config';
import {storageConfig} from '@vitalvault/storage/config';
import type {SettingsSchema} from './chart/values-schema.ts';
import {variableOf} from '@vitalvault/process';

const CONFIGS = {
  ingest: ingestConfig,
  policy: policyConfig,
  storage: storageConfig,
  notify: notifyConfig,
  'ledger-abci': ledgerConfig,
};

/**
 * JSON Schema of each app's settings as they are given: {ingest: {type: 'object', properties: {httpPort: …}, required:
 * […]}, …}.
 */
export function settingsSchemas(): Record<string, SettingsSchema> {
  return Object.fromEntries(
    Object.entries(CONFIGS).map(([app, config]) => [app, z.toJSONSchema(config, {io: 'input'}) as SettingsSchema]),
  );
}

/** Text of docs/config/<app>.md by app. */
export function configDocuments(): Record<string, string> {
  return Object.fromEntries(Object.entries(settingsSchemas()).map(([app, schema]) => [app, documentOf(app, schema)]));
}

interface Setting {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: string | number | boolean;
  readonly description?: string;
}

function documentOf(app: string, {properties = {}, required = []}: SettingsSchema): string {
  const rows = (Object.entries(properties) as [string, Setting][]).map(([setting, schema]) => {
    const given = required.includes(setting)
      ? '**required**'
      : schema.default === undefined
        ? '–'
        : `\`${String(schema.default)}\``;
    return `| \`${variableOf(setting)}\` | ${typeOf(schema)} | ${given} | ${schema.description ?? ''} |`;
  });
  return `# Settings of ${app}

Generated from \`apps/${app}/src/config.ts\` by \`tools/generate-config-docs.ts\`; do not edit.

Environment variables, read once at the start. Every fault is told at once, by name and never with its value. Files hold what is secret, so that no variable does.

| variable | type | default | meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}

function typeOf({type, enum: values, format, minimum, maximum}: Setting): string {
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (type !== 'integer') return format === 'uri' ? 'URL' : 'text';
  return maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER
    ? `integer ≥ ${String(minimum)}`
    : `integer ${String(minimum)}–${String(maximum)}`;
}
