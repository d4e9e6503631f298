// docs/errors.md from the catalogue.
import {CATALOGUE, PROBLEM_BASE, STATUS} from '@vitalvault/errors';
import type {Entry} from '@vitalvault/errors';
import {CODE, TRANSIENT_ENTRY_CODES, codespace} from '@vitalvault/contracts';
import {ENVELOPE_ERRORS} from '@vitalvault/envelope';
import {SDK_ERRORS} from '@vitalvault/sdk';
import {CLI_ERRORS} from '@vitalvault/cli/errors';

const again = (entry: Entry): string =>
  entry.category === 'unavailable'
    ? `yes, after ${entry.retryAfterSeconds} s`
    : STATUS[entry.category].retryable
      ? 'yes'
      : 'no';

export function errorsDocument(): string {
  const rows = Object.entries(CATALOGUE).map(
    ([code, entry]) =>
      `| \`${code}\` | ${STATUS[entry.category].http} | ${STATUS[entry.category].grpc} | ${again(entry)} | ${entry.title} | ${entry.remedy} |`,
  );
  const codes = Object.entries(CODE).map(
    ([name, code]) =>
      `| ${code} | ${name} | ${codespace(code)} | ${code >= 120 ? (TRANSIENT_ENTRY_CODES.has(code) ? 'transient' : 'final') : ''} |`,
  );
  const found = Object.entries(SDK_ERRORS).map(([code, {title, remedy}]) => `| \`${code}\` | ${title} | ${remedy} |`);
  const meanings = (table: Readonly<Record<string, string>>): string[] =>
    Object.entries(table).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `# Errors

Generated from \`libs/errors/src/catalogue.ts\`, \`libs/sdk/src/sdk-errors.ts\`, \`libs/envelope/src/envelope-error.ts\`, \`apps/cli/src/cli-errors.ts\` and \`libs/contracts/src/codes.ts\` by \`tools/generate-errors-doc.ts\`; do not edit.

Every HTTP error is an RFC 9457 problem document whose \`type\` is \`${PROBLEM_BASE}<code>\`; gRPC errors carry the code in the metadata \`vv-error\`. The seconds of *try again* are those of \`Retry-After\`, unless the service knows better.

| code | HTTP | gRPC | try again? | meaning | what to do |
|---|---|---|---|---|---|
${rows.join('\n')}

## What the SDK finds

Codes of an \`SdkError\` that no service gave: what came back did not hold, or the caller asked for what there is not.

| code | meaning | what to do |
|---|---|---|
${found.join('\n')}

## What does not open

Codes of an \`EnvelopeError\`: bytes that were forged, damaged, or meant for somebody else. Ask for them again, and report it.

| code | meaning |
|---|---|
${meanings(ENVELOPE_ERRORS).join('\n')}

## What vv finds

Each comes with its remedy. The process ends with 2 for wrong use, 3 when something could not be reached, 1 for a refusal, 70 for a bug of ours (\`internal\`).

| code | meaning |
|---|---|
${meanings(CLI_ERRORS).join('\n')}

## Result codes of the ledger

When each is given: docs/protocol.md §4. *Transient* refusals of an anchor entry are tried again by the custodian, *final* ones are told to the device and the patient.

| code | name | codespace | of an anchor entry |
|---|---|---|---|
${codes.join('\n')}
`;
}
