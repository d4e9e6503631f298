// OpenAPI 3.1 of the services, from the schemas at their HTTP edge: docs/openapi/<service>.json.
//
import {ingestDocument} from '@vitalvault/ingest/openapi';
import {notifyDocument} from '@vitalvault/notify/openapi';
import {policyDocument} from '@vitalvault/policy/openapi';
import {storageDocument} from '@vitalvault/storage/openapi';

/** Text of docs/openapi/<service>.json by service. */
export function openApiTexts(): Record<string, string> {
  const documents = {ingest: ingestDocument, policy: policyDocument, storage: storageDocument, notify: notifyDocument};
  return Object.fromEntries(
    Object.entries(documents).map(([service, document]) => [service, `${JSON.stringify(document, undefined, 1)}\n`]),
  );
}
