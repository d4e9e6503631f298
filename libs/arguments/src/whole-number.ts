import {argument, wrongArgument} from './argument.js';
import type {ArgumentParser} from './argument.js';

/** Both ends belong to it. */
export interface Bounds<T extends number | bigint> {
  least: T;
  most: T;
}

/** A whole number in decimal digits. */
export function wholeNumber({least, most}: Bounds<number>): ArgumentParser<number> {
  return argument((text) => Number(digits(text, {least: BigInt(least), most: BigInt(most)})));
}

/** A whole number that may be above 2^53: sequence numbers, heights, places in a log. */
export function wholeBigint(bounds: Bounds<bigint>): ArgumentParser<bigint> {
  return argument((text) => digits(text, bounds));
}

/** @throws InvalidArgumentError for anything but decimal digits of a number within the bounds */
export function digits(text: string, {least, most}: Bounds<bigint>): bigint {
  // 2^64 has 20 digits.
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (value === undefined || value < least || value > most)
    throw wrongArgument(`It must be a whole number from ${least} to ${most}.`);
  return value;
}
