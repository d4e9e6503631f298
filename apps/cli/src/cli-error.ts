import type {CLI_ERRORS} from './cli-errors.js';

/** What a process of `vv` ends with. Stable: scripts may rely on it. */
export const EXIT = {
  done: 0,
  /** The ledger or a service refused, or a proof says no. */
  refused: 1,
  /** Wrong arguments, files or passphrase. */
  usage: 2,
  /** Something could not be reached or is behind: try again. */
  unavailable: 3,
  /** A bug of ours. */
  internal: 70,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export type CliCode = keyof typeof CLI_ERRORS;

/** An error that the person at the terminal can do something about. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliCode;
  readonly remedy: string;
  readonly exit: ExitCode;
  readonly meta: Readonly<Record<string, string | number>>;

  constructor(
    code: CliCode,
    message: string,
    more: {remedy: string; exit?: ExitCode; meta?: Record<string, string | number>; cause?: unknown},
  ) {
    super(message, {cause: more.cause});
    this.code = code;
    this.remedy = more.remedy;
    this.exit = more.exit ?? EXIT.usage;
    this.meta = more.meta ?? {};
  }
}
