import {argument, wrongArgument} from './argument.js';
import type {ArgumentParser} from './argument.js';
import {digits} from './whole-number.js';
import type {Bounds} from './whole-number.js';

/** Numbers from the first to the last, both included; without a last one: all that follow. */
export interface NumberRange {
  from: bigint;
  to: bigint | undefined;
}

export interface RangeBounds extends Bounds<bigint> {
  /** How many numbers it may name. A range without an end names all that follow, and is taken only without this. */
  longest?: bigint;
}

/** `12`, `1-64`, and where it may be as long as it likes `65-`. */
export function numberRange({longest, ...bounds}: RangeBounds): ArgumentParser<NumberRange> {
  const example = longest === undefined ? '12, 1-64 or 65-' : `12 or 1-64, ${longest} numbers at the most`;
  return argument((text) => {
    const [, first, dash, last = ''] = /^(\d+)(?:(-)(\d*))?$/.exec(text) ?? [];
    if (first === undefined) throw wrongArgument(`Write ${example}.`);
    const from = digits(first, bounds);
    if (dash !== undefined && last === '' && longest === undefined) return {from, to: undefined};
    const to = dash === undefined ? from : digits(last, bounds);
    if (to < from || (longest !== undefined && to - from >= longest)) throw wrongArgument(`Write ${example}.`);
    return {from, to};
  });
}
