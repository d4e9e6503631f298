import {fromBase64, fromHex} from '@vitalvault/contracts';
import type {Timestamp} from './light-block.js';
import {parseTimestamp} from './timestamp.js';

/** Bytes or text that do not have the form they should have. */
export class MalformedError extends Error {
  override readonly name: string = 'MalformedError';
}

const INT64_MAX = 2n ** 63n - 1n;

/** Reads CometBFT's JSON field by field and says which one is wrong. Missing fields read as their proto3 default. */
export class JsonFields {
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    value: unknown,
    private readonly path: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new MalformedError(`${path} is not an object`);
    this.fields = value as Record<string, unknown>;
  }

  /** Parses `text` itself. */
  static parse(text: string, path: string): JsonFields {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new MalformedError(`${path} is not JSON`, {cause});
    }
    return new JsonFields(value, path);
  }

  /** Whether it stands there, and is not null, which CometBFT reads as missing. */
  has(name: string): boolean {
    return (this.get(name) ?? null) !== null;
  }

  object(name: string): JsonFields {
    return new JsonFields(this.get(name) ?? {}, `${this.path}.${name}`);
  }

  objects(name: string): JsonFields[] {
    const value = this.get(name) ?? [];
    if (!Array.isArray(value)) throw this.wrong(name, 'a list');
    return value.map((item, i) => new JsonFields(item, `${this.path}.${name}[${i}]`));
  }

  text(name: string): string {
    const value = this.get(name) ?? '';
    if (typeof value !== 'string') throw this.wrong(name, 'a string');
    return value;
  }

  /** Not negative, at most 2^63 - 1: a decimal string, as CometBFT writes 64-bit numbers, or a JSON number. */
  int64(name: string): bigint {
    const value = this.get(name) ?? 0;
    const text = typeof value === 'number' && Number.isSafeInteger(value) ? value.toString() : value;
    if (typeof text !== 'string' || !/^(0|[1-9]\d{0,18})$/.test(text) || BigInt(text) > INT64_MAX)
      throw this.wrong(name, 'a number');
    return BigInt(text);
  }

  int32(name: string): number {
    const value = this.int64(name);
    if (value > 0x7fff_ffffn) throw this.wrong(name, 'a small number');
    return Number(value);
  }

  /** Hexadecimal of one of the given lengths in bytes. */
  hex(name: string, ...lengths: number[]): Uint8Array {
    return this.decoded(name, lengths, (text) => fromHex(text.toLowerCase()));
  }

  base64(name: string, ...lengths: number[]): Uint8Array {
    return this.decoded(name, lengths, fromBase64);
  }

  time(name: string): Timestamp {
    const time = parseTimestamp(this.text(name));
    if (time === undefined) throw this.wrong(name, 'a time in UTC');
    return time;
  }

  private get(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  private decoded(name: string, lengths: number[], decode: (text: string) => Uint8Array): Uint8Array {
    let bytes: Uint8Array;
    try {
      bytes = decode(this.text(name));
    } catch {
      throw this.wrong(name, 'encoded bytes');
    }
    if (!lengths.includes(bytes.length)) throw this.wrong(name, `${lengths.join(' or ')} bytes`);
    return bytes;
  }

  private wrong(name: string, expected: string): MalformedError {
    return new MalformedError(`${this.path}.${name} is not ${expected}`);
  }
}
