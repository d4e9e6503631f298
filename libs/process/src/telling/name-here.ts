import {createHmac, randomBytes} from 'node:crypto';

const KEY = randomBytes(32);
const DIGITS = 8;

/**
 * A short name for a thing whose id may not be told, so that two lines or spans about it can be matched: the same for
 * as long as this process runs, another one everywhere else, and of no use to who knows the id.
 */
export const nameHere = (id: string): string => createHmac('sha256', KEY).update(id).digest('hex').slice(0, DIGITS);
