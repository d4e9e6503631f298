// Settings of the services from their own schemas: docs/config/<app>.md (`--write`), and JSON Schemas for the chart's
// values. Takes what `node tools/build.mjs` compiled.
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {ingestConfig} from '../apps/ingest/dist/config.js';
import {ledgerConfig} from '../apps/ledger-abci/dist/config.js';
import {notifyConfig} from '../apps/notify/dist/config.js';
import {policyConfig} from '../apps/policy/dist/config.js';
import {storageConfig} from '../apps/storage/dist/config.js';
import {variableOf} from '@vitalvault/process';

const CONFIGS = {
  ingest: ingestConfig,
  policy: policyConfig,
  storage: storageConfig,
  notify: notifyConfig,
  'ledger-abci': ledgerConfig,
};
const DIRECTORY = join(import.meta.dirname, '..', 'docs', 'config');

/**
 * JSON Schema of each app's settings as they are given: {ingest: {type: 'object', properties: {httpPort: …}, required:
 * […]}, …}.
 */
export function settingsSchemas() {
  return Object.fromEntries(
    Object.entries(CONFIGS).map(([app, config]) => [app, z.toJSONSchema(config, {io: 'input'})]),
  );
}

/** Text of docs/config/<app>.md by app. */
export function configDocuments() {
  return Object.fromEntries(Object.entries(settingsSchemas()).map(([app, schema]) => [app, documentOf(app, schema)]));
}

function documentOf(app, {properties, required = []}) {
  const rows = Object.entries(properties).map(([setting, schema]) => {
    const given = required.includes(setting)
      ? '**required**'
      : schema.default === undefined
        ? '–'
        : `\`${String(schema.default)}\``;
    return `| \`${variableOf(setting)}\` | ${typeOf(schema)} | ${given} | ${schema.description} |`;
  });
  return `# Settings of ${app}

Generated from \`apps/${app}/src/config.ts\` by \`tools/generate-config-docs.mjs\`; do not edit.

Environment variables, read once at the start. Every fault is told at once, by name and never with its value. Files hold what is secret, so that no variable does.

| variable | type | default | meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}

function typeOf({type, enum: values, format, minimum, maximum}) {
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (type !== 'integer') return format === 'uri' ? 'URL' : 'text';
  return maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER
    ? `integer ≥ ${minimum}`
    : `integer ${minimum}–${maximum}`;
}

if (process.argv.includes('--write')) {
  await mkdir(DIRECTORY, {recursive: true});
  for (const [app, text] of Object.entries(configDocuments())) await writeFile(join(DIRECTORY, `${app}.md`), text);
}
