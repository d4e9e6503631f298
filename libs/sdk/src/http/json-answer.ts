import {fromHex} from '@vitalvault/contracts';
import {SdkError} from '../sdk-error.js';

/** Reads an answer's JSON field by field; what is missing or of another type is `answer-malformed`. */
export class JsonAnswer {
  private readonly fields: Record<string, unknown>;

  constructor(
    value: unknown,
    private readonly where: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.malformed('is no object');
    this.fields = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined && this.fields[name] !== null;
  }

  raw(name: string): unknown {
    return this.fields[name];
  }

  text(name: string): string {
    const value = this.fields[name];
    if (typeof value !== 'string') throw this.malformed(`has no text "${name}"`);
    return value;
  }

  number(name: string): number {
    const value = Number(this.fields[name]);
    if (!Number.isSafeInteger(value)) throw this.malformed(`has no number "${name}"`);
    return value;
  }

  bigint(name: string): bigint {
    const value = this.fields[name];
    if ((typeof value !== 'string' && typeof value !== 'number') || !/^\d+$/.test(String(value)))
      throw this.malformed(`has no number "${name}"`);
    return BigInt(value);
  }

  boolean(name: string): boolean {
    const value = this.fields[name];
    if (typeof value !== 'boolean') throw this.malformed(`has no "${name}"`);
    return value;
  }

  bytes(name: string): Uint8Array {
    return this.hexOf(this.text(name), name);
  }

  list(name: string): unknown[] {
    const value = this.fields[name];
    if (!Array.isArray(value)) throw this.malformed(`has no list "${name}"`);
    return value;
  }

  bytesList(name: string): Uint8Array[] {
    return this.list(name).map((item) => this.hexOf(item, name));
  }

  private hexOf(value: unknown, name: string): Uint8Array {
    try {
      return fromHex(String(value));
    } catch {
      throw this.malformed(`"${name}" is not hexadecimal`);
    }
  }

  private malformed(what: string): SdkError {
    return new SdkError('answer-malformed', {detail: `${this.where} ${what}`});
  }
}
