import {z} from 'zod';

/** A uint32 of a message: slots, versions, counts. */
export const uint32 = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
