import {EnvelopeError} from '@vitalvault/envelope';
import {SdkError} from '@vitalvault/sdk';
import {CliError, EXIT} from './cli-error.js';
import type {ExitCode} from './cli-error.js';

/** An error as `vv` tells it. */
export interface ToldError {
  code: string;
  message: string;
  remedy: string;
  meta: Readonly<Record<string, unknown>>;
  /** Trace id of the refused request, if a service refused. */
  instance?: string;
  exit: ExitCode;
}

const SDK_REMEDIES: Readonly<Record<string, string>> = {
  network: 'Is the system up (`make status`)? Then try again.',
  'invalid-argument': 'Correct what the message names; a paper that was edited by hand has such faults too.',
  'untrusted-header':
    'The answer is not signed by the validators of your genesis: do not trust that service; try another validator.',
  'stale-header': 'The ledger does not make blocks, or you are shown an old state: try again, or another validator.',
  'proof-invalid': 'The service gave a wrong proof: try another validator, and report it.',
  'log-incomplete': 'Something was withheld or changed: try another validator, and report it.',
  'headers-differ': 'The ledger has been forked: believe neither, keep both answers and tell the other organisations.',
  'one-organisation': "Give --witness with another organisation's policy URL, try again, or leave out --strict.",
  'unknown-grantee': 'Ask for the id again; the member must be registered and in good standing.',
  'grantee-is-organisation': 'Grant to its members, one by one: ask each for her id.',
  'wraps-missing': 'The patient has not deposited keys for this grant yet; ask her.',
  'part-refused': 'Ask the other side for its file again.',
  'config-refused': 'Take the newest configuration that the owner of the device signed.',
};

const UNREACHABLE: ReadonlySet<string> = new Set(['network', 'tx-timeout', 'behind']);

/** What to say about anything that was thrown. */
export function explainError(error: unknown): ToldError {
  if (error instanceof CliError)
    return {code: error.code, message: error.message, remedy: error.remedy, meta: error.meta, exit: error.exit};
  if (error instanceof SdkError) return explainSdkError(error);
  if (error instanceof EnvelopeError)
    return {
      code: error.code,
      message: error.message,
      remedy: 'What was received does not fit: ask for it again, and report it.',
      meta: {},
      exit: EXIT.refused,
    };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message,
    remedy: 'This is a bug in vv: please report it with the command and what it said.',
    meta: {},
    exit: EXIT.internal,
  };
}

function explainSdkError(error: SdkError): ToldError {
  return {
    code: error.code,
    message: error.detail ?? error.code,
    remedy: error.remedy ?? SDK_REMEDIES[error.code] ?? 'See docs/errors.md.',
    meta: error.meta,
    ...(error.instance === undefined ? {} : {instance: error.instance}),
    exit: exitOfSdkError(error),
  };
}

function exitOfSdkError(error: SdkError): ExitCode {
  if (error.code === 'invalid-argument') return EXIT.usage;
  const unreachable = UNREACHABLE.has(error.code) || error.status === 503 || error.status === 429;
  return unreachable ? EXIT.unavailable : EXIT.refused;
}
