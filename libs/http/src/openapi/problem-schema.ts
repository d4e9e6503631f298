import {z} from 'zod';

/**
 * An RFC 9457 problem document as every service answers it. `code` is one of the catalogue; each answer lists which.
 */
export const problemSchema = z.strictObject({
  type: z.string().describe('https://vitalvault.dev/errors/<code>'),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string().describe('docs/errors.md'),
  detail: z.string().optional(),
  remedy: z.string().describe('What the caller can do.'),
  instance: z.string().optional().describe('Trace id of this request.'),
  meta: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
