// OpenAPI 3.1 of the services, from the schemas at their HTTP edge: docs/openapi/<service>.json (`--write`).
// Takes what `node tools/build.mjs` compiled.
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {ingestDocument} from '../apps/ingest/dist/api/http/ingest-document.js';
import {notifyDocument} from '../apps/notify/dist/api/http/notify-document.js';
import {policyDocument} from '../apps/policy/dist/api/http/policy-document.js';
import {storageDocument} from '../apps/storage/dist/api/http/storage-document.js';

const DIRECTORY = join(import.meta.dirname, '..', 'docs', 'openapi');

/** Text of docs/openapi/<service>.json by service. */
export function openApiTexts() {
  const documents = {ingest: ingestDocument, policy: policyDocument, storage: storageDocument, notify: notifyDocument};
  return Object.fromEntries(
    Object.entries(documents).map(([service, document]) => [service, `${JSON.stringify(document, undefined, 1)}\n`]),
  );
}

if (process.argv.includes('--write')) {
  await mkdir(DIRECTORY, {recursive: true});
  for (const [service, text] of Object.entries(openApiTexts()))
    await writeFile(join(DIRECTORY, `${service}.json`), text);
}
