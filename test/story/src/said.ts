import {StoryFailed} from './narrator.js';

const LONGEST = 400;

/** What a `vv` process said with --json, and how it ended. */
export class Said {
  constructor(
    readonly command: string,
    readonly exit: number,
    private readonly json: Readonly<Record<string, unknown>>,
    readonly tookMs: number,
  ) {}

  /** Code of the error, or undefined when it went well. */
  get errorCode(): string | undefined {
    const error = this.json['error'] as {code?: string} | undefined;
    return error?.code;
  }

  /** The error in words; what was said instead, when there was none. */
  get errorText(): string {
    const error = this.json['error'] as {code?: string; message?: string} | undefined;
    return error === undefined
      ? JSON.stringify(this.json).slice(0, LONGEST)
      : `${error.code ?? '?'}: ${error.message ?? ''}`;
  }

  /** A field of the error's meta, for example the ledger's code name. */
  errorMeta(name: string): unknown {
    const error = this.json['error'] as {meta?: Record<string, unknown>} | undefined;
    return error?.meta?.[name];
  }

  has(name: string): boolean {
    return this.json[name] !== undefined && this.json[name] !== null;
  }

  /** A text, or a number as text. */
  text(name: string): string {
    const value = this.json[name];
    if (typeof value !== 'string' && typeof value !== 'number') throw this.missing(name);
    return String(value);
  }

  number(name: string): number {
    const value = Number(this.json[name]);
    if (!Number.isFinite(value) || this.json[name] === null) throw this.missing(name);
    return value;
  }

  flag(name: string): boolean {
    const value = this.json[name];
    if (typeof value !== 'boolean') throw this.missing(name);
    return value;
  }

  list(name: string): Record<string, unknown>[] {
    const value = this.json[name];
    if (!Array.isArray(value)) throw this.missing(name);
    return value as Record<string, unknown>[];
  }

  texts(name: string): string[] {
    return this.list(name).map(String);
  }

  private missing(name: string): StoryFailed {
    return new StoryFailed(`${this.command} did not say "${name}": ${this.errorText}`);
  }
}
