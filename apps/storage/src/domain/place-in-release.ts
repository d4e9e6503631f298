import type {DecidedRequest} from './block-facts.js';

/** Where a record stands in a release: by hour, and within the hour by index in the record log. */
export interface PlaceInRelease {
  readonly slot: number;
  readonly logIndex: bigint;
}

/** The name of the page that begins there: digits, a dot, digits. */
export const pageName = ({slot, logIndex}: PlaceInRelease): string => `${slot}.${logIndex}`;

export const PAGE_NAME = /^\d{1,10}\.\d{1,20}$/;

/**
 * Where a page begins. A name is the caller's word: what is before the request is its beginning, what is behind it has
 * nothing.
 * @param name as `pageName` wrote it, or undefined: the first
 */
export function beginningOf(name: string | undefined, {slotFrom}: Pick<DecidedRequest, 'slotFrom'>): PlaceInRelease {
  const [slot = '', logIndex = ''] = name?.split('.') ?? [];
  if (name === undefined || Number(slot) < slotFrom) return {slot: slotFrom, logIndex: 0n};
  return {slot: Number(slot), logIndex: BigInt(logIndex)};
}
