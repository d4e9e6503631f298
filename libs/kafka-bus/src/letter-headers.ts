import type {HeaderBag} from '@vitalvault/process';
import {z} from 'zod';

/**
 * Headers of a message as text that gives every byte of them back: JSON, by name a list of values in hexadecimal. One
 * without a value has an empty one: kafkajs can send no other.
 */
export function headersText(headers: HeaderBag): string {
  const all = Object.entries(headers).map(([name, value]) => [name, valuesOf(value).map(hexOf)]);
  return JSON.stringify(Object.fromEntries(all));
}

/** @throws z.ZodError for text that is not of `headersText` */
export function headersOf(text: string): Record<string, Buffer[]> {
  const parsed = z.record(z.string(), z.array(z.string())).parse(JSON.parse(text));
  return Object.fromEntries(
    Object.entries(parsed).map(([name, values]) => [name, values.map((value) => Buffer.from(value, 'hex'))]),
  );
}

const valuesOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

const hexOf = (value: unknown): string =>
  (value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(typeof value === 'string' ? value : '')).toString(
    'hex',
  );
