import {EnvelopeError} from '@vitalvault/envelope';
import type {EnvelopeErrorCode} from '@vitalvault/envelope';
import {SdkError} from '@vitalvault/sdk';
import type {SdkCode} from '@vitalvault/sdk';
import {CliError, EXIT} from './cli-error.js';
import type {CliCode, ExitCode} from './cli-error.js';
import {refusalText} from './text/refusal-text.js';
import type {Style} from './text/style.js';

/** An error as `vv` tells it. */
export interface ToldError {
  code: CliCode | SdkCode | EnvelopeErrorCode;
  message: string;
  remedy: string;
  meta: Readonly<Record<string, unknown>>;
  /** Trace id of the refused request, if a service refused. */
  instance?: string;
  /** When to come again, if a service said so. */
  retryAfterSeconds?: number;
  exit: ExitCode;
}

/** Where vv can say what to type. */
const OWN_REMEDIES: Readonly<Partial<Record<SdkCode, string>>> = {
  network:
    'Nobody answered: nothing is known to be decided. What was begun is kept, and what a patient takes back is sent again ' +
    'by her next command; until it is proven, it stands. Is the system up (`make status`), and the address right? Then ' +
    'run the command again.',
  'one-organisation': "Give --witness with another organisation's policy URL, try again, or leave out --strict.",
  'unknown-grant':
    'Nothing was revoked. `vv patient grants` lists hers with their whole ids. A grant that another copy of this home ' +
    'sent, and that is not on the ledger yet: the same command with --unlisted.',
  'wraps-wrong':
    'It is not the service: ask the patient to put the grant again (`vv patient grant --grant`), which deposits its keys anew.',
};

/** Where vv's way is another than a client's that sends bytes. */
const OVER_A_SERVICE: Readonly<Partial<Record<SdkCode, string>>> = {
  'tx-timeout':
    'Run the command again in a while; after a request for access `vv clinician requests`. ' +
    'What was sent is kept, and what became of it is asked first; what she takes back is sent again until it is proven.',
};

const FILE_FAULTS: ReadonlySet<string> = new Set(
  'ENOENT ENOTDIR EISDIR EACCES EPERM EROFS ENOSPC EDQUOT ENAMETOOLONG ELOOP'.split(' '),
);

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
  if (isOfAFile(error))
    return {
      code: 'file-unusable',
      message: error.message,
      remedy:
        'Name a file in a folder that there is, that you may write, and that has room; the home too must be such.',
      meta: {path: error.path},
      exit: EXIT.usage,
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

/** What the file system says of a path that was named; of anything else it is a bug. */
function isOfAFile(error: unknown): error is NodeJS.ErrnoException & {path: string} {
  const {code = '', path} = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return path !== undefined && FILE_FAULTS.has(code);
}

function explainSdkError(error: SdkError): ToldError {
  const refusal = error.code === 'tx-refused' ? refusalText(error.meta['codeName']) : undefined;
  return {
    code: error.code,
    message: refusal?.message ?? error.detail ?? error.code,
    remedy: refusal?.remedy ?? remedyOf(error),
    meta: error.meta,
    ...(error.instance === undefined ? {} : {instance: error.instance}),
    ...(error.retryAfterSeconds === undefined ? {} : {retryAfterSeconds: error.retryAfterSeconds}),
    exit: exitOfSdkError(error),
  };
}

/** As it stands at a terminal. */
export function toldLines({code, instance, message, remedy, retryAfterSeconds}: ToldError, style: Style): string[] {
  return [
    `${style.bad('vv:')} ${message} (${code})`,
    `    ${remedy}`,
    ...(retryAfterSeconds === undefined ? [] : [`    Retry-After: ${retryAfterSeconds} s`]),
    ...(instance === undefined ? [] : [`    trace ${instance}`]),
  ];
}

/** What a service said goes before our own words: it knows its refusal. */
function remedyOf({code, remedy, status}: SdkError): string {
  return OVER_A_SERVICE[code] ?? (status === undefined ? (OWN_REMEDIES[code] ?? remedy) : remedy);
}

function exitOfSdkError(error: SdkError): ExitCode {
  if (error.code === 'invalid-argument') return EXIT.usage;
  const unreachable = UNREACHABLE.has(error.code) || error.status === 503 || error.status === 429;
  return unreachable ? EXIT.unavailable : EXIT.refused;
}
