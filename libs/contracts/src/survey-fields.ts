import {ScalarType} from '@bufbuild/protobuf';
import type {DescField, DescMessage} from '@bufbuild/protobuf';
import {NotCanonicalError} from './not-canonical-error.js';

const WIRE = {varint: 0, fixed64: 1, bytes: 2, fixed32: 5} as const;
const MOST_VARINT_BYTES = 10;
/** Largest number that protobuf lets a field have. */
const MOST_NUMBER = 2 ** 29 - 1;

/** What a field of a message looks like on the wire, as far as a survey must know. */
interface Shape {
  /** May come again: a list that is not packed. */
  readonly again: boolean;
  /** Of the message that it holds. */
  readonly message: DescMessage | undefined;
  /** A list of numbers in one field. */
  readonly packed: boolean;
}

const shapes = new WeakMap<DescMessage, ReadonlyMap<number, Shape>>();

/**
 * Looks over the wire before anything is decoded, so that bytes cost little unless they are a message: every field is
 * known and has its place, none comes twice that may not, and there are not too many. What it passes may still not be
 * canonical; everything canonical passes.
 * @param most fields in all, those of messages inside included; a number of a packed list is one, too
 * @throws NotCanonicalError at the first fault
 */
export function surveyFields(schema: DescMessage, bytes: Uint8Array, most = Infinity): void {
  new Survey(bytes, schema.typeName, {most}).message(schema, 0, bytes.length);
}

/**
 * Whether bytes that are not taken could be a message of a later version: nothing is wrong with them but fields that
 * this version does not know.
 */
export function isOfLaterVersion(schema: DescMessage, bytes: Uint8Array): boolean {
  const survey = new Survey(bytes, schema.typeName, {most: Infinity, passesUnknown: true});
  try {
    survey.message(schema, 0, bytes.length);
    return survey.unknown > 0;
  } catch (error) {
    if (error instanceof NotCanonicalError) return false;
    throw error;
  }
}

class Survey {
  /** Fields that this version does not know; they are passed over where that is asked for. */
  unknown = 0;
  #fields = 0;
  #at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly name: string,
    private readonly options: {readonly most: number; readonly passesUnknown?: boolean},
  ) {}

  message(schema: DescMessage, start: number, end: number): void {
    const known = shapesOf(schema);
    this.#at = start;
    for (let last = 0; this.#at < end;) {
      const tag = this.varint(end);
      const number = Math.floor(tag / 8);
      const shape = known.get(number);
      const from = this.value(tag % 8, end);
      if (number < 1 || number > MOST_NUMBER) throw this.fault('not');
      if (shape === undefined) this.pass();
      if (number < last || (number === last && shape?.again === false))
        throw this.fault('not the canonical encoding of');
      last = number;
      this.count(1);
      if (tag % 8 === WIRE.bytes && shape !== undefined) this.inside(shape, from, this.#at);
    }
  }

  private pass(): void {
    this.unknown++;
    if (this.options.passesUnknown !== true) throw this.fault('unknown field in');
  }

  private inside({message, packed}: Shape, from: number, to: number): void {
    // A number has a byte at the least.
    if (packed) this.count(to - from);
    if (message !== undefined) this.message(message, from, to);
    this.#at = to;
  }

  /** Goes behind a value. @returns where its bytes begin, when it has a length */
  private value(wire: number, end: number): number {
    let from = this.#at;
    if (wire === WIRE.varint) this.varint(end);
    else if (wire === WIRE.fixed64) this.#at += 8;
    else if (wire === WIRE.fixed32) this.#at += 4;
    else if (wire === WIRE.bytes) {
      const length = this.varint(end);
      from = this.#at;
      this.#at += length;
    } else throw this.fault('not');
    if (this.#at > end) throw this.fault('not');
    return from;
  }

  private varint(end: number): number {
    let value = 0;
    for (let i = 0; i < MOST_VARINT_BYTES && this.#at < end; i++) {
      const byte = this.bytes[this.#at++] as number;
      // Above 2^53 it is inexact, and still too large for a number of a field or a length.
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw this.fault('not');
  }

  private count(fields: number): void {
    this.#fields += fields;
    if (this.#fields > this.options.most) throw this.fault('too many fields for');
  }

  private fault(what: string): NotCanonicalError {
    return new NotCanonicalError(`${what} ${what === 'not' ? 'a ' : ''}${this.name}`);
  }
}

function shapesOf(schema: DescMessage): ReadonlyMap<number, Shape> {
  const known = shapes.get(schema) ?? new Map(schema.fields.map((field) => [field.number, shapeOf(field)]));
  shapes.set(schema, known);
  return known;
}

function shapeOf(field: DescField): Shape {
  const packed = field.fieldKind === 'list' && field.listKind !== 'message' && isNumber(field);
  return {again: field.fieldKind === 'list' && !packed, message: field.message, packed};
}

function isNumber(field: DescField): boolean {
  return field.scalar !== ScalarType.BYTES && field.scalar !== ScalarType.STRING;
}
