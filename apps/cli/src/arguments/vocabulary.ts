import {argument, hexId, numberRange, shaped, wholeBigint, words, wrongArgument} from '@vitalvault/arguments';
import {TimeZone} from '../csv/time-zone.js';

/** Ids as vv prints them. */
export const memberId = hexId(20);
export const deviceId = hexId(20);
export const grantId = hexId(16);
export const txId = hexId(32);
export const traceId = hexId(16);

/** Of the shape of an Open mHealth schema's name; not whether there is such a schema. */
export const typeName = shaped(/^[a-z][a-z0-9-]{0,15}:[a-z][a-z0-9-]{0,63}$/, 'a name like omh:heart-rate');

/** The services take numbers of 19 digits in a path. */
const LAST_SEQUENCE = 9_999_999_999_999_999_999n;

export const sequence = wholeBigint({least: 1n, most: LAST_SEQUENCE});
export const sequences = numberRange({least: 1n, most: LAST_SEQUENCE, longest: 1_000n});
export const rows = numberRange({least: 1n, most: BigInt(Number.MAX_SAFE_INTEGER)});
/** Place in a log, or number of an alert: the services take 18 digits. */
export const place = wholeBigint({least: 0n, most: 999_999_999_999_999_999n});

/** What somebody says of herself or to another; the ledger and the envelopes have limits of their own. */
export const shortText = words(200);
export const message = words(2_000);

/** An IANA zone, whose rules this program knows. */
export const timeZone = argument((text) => {
  try {
    return new TimeZone(text);
  } catch {
    throw wrongArgument('Write an IANA zone, as Europe/Berlin, or UTC.');
  }
});
