// Prints docs/errors.md from the catalogue. `--write` writes it.
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {CATALOGUE, PROBLEM_BASE, STATUS} from '@vitalvault/errors';
import {CODE, TRANSIENT_ENTRY_CODES, codespace} from '@vitalvault/contracts';

export function errorsDocument() {
  const rows = Object.entries(CATALOGUE).map(
    ([code, {category, title, remedy}]) =>
      `| \`${code}\` | ${STATUS[category].http} | ${STATUS[category].grpc} | ${STATUS[category].retryable ? 'yes' : 'no'} | ${title} | ${remedy} |`,
  );
  const codes = Object.entries(CODE).map(
    ([name, code]) =>
      `| ${code} | ${name} | ${codespace(code)} | ${code >= 120 ? (TRANSIENT_ENTRY_CODES.has(code) ? 'transient' : 'final') : ''} |`,
  );
  return `# Errors

Generated from \`libs/errors/src/catalogue.ts\` and \`libs/contracts/src/codes.ts\` by \`tools/generate-errors-doc.mjs\`; do not edit.

Every HTTP error is an RFC 9457 problem document whose \`type\` is \`${PROBLEM_BASE}<code>\`; gRPC errors carry the code in the metadata \`vv-error\`.

| code | HTTP | gRPC | try again? | meaning | what to do |
|---|---|---|---|---|---|
${rows.join('\n')}

## Result codes of the ledger

When each is given: docs/protocol.md §4. *Transient* refusals of an anchor entry are tried again by the custodian, *final* ones are told to the device and the patient.

| code | name | codespace | of an anchor entry |
|---|---|---|---|
${codes.join('\n')}
`;
}

if (process.argv.includes('--write'))
  await writeFile(join(import.meta.dirname, '..', 'docs', 'errors.md'), errorsDocument());
