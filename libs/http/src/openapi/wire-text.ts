import {z} from 'zod';

/** Lower-case hexadecimal of exactly so many bytes. */
export const hexText = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${String(bytes * 2)}}$`));

/** Lower-case hexadecimal of any length. */
export const anyHexText = z.string().regex(/^([0-9a-f]{2})*$/);

/** A 64-bit number as text. */
export const decimalText = z.string().regex(/^\d{1,20}$/);
