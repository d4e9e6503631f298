import type {AccessLogEvidence} from '@vitalvault/sdk';
import {z} from 'zod';
import {CliError} from '../cli-error.js';
import {readPaper} from '../exchange.js';

const hex = z.string().regex(/^([0-9a-f]{2})*$/);
const evidence = z.object({
  patient: hex.length(40),
  pages: z.array(z.object({proof: hex, signedHeader: z.looseObject({})})),
  answeredBy: z.string().optional(),
  witnesses: z.array(z.object({name: z.string(), signedHeader: z.looseObject({})})).optional(),
  silent: z.array(z.object({name: z.string(), reason: z.string()})).optional(),
  witnessesNeeded: z.int().min(1).optional(),
});

/** An access log that was kept. Only its shape is checked here. @throws CliError `paper-wrong` */
export function readAccessLog(path: string): AccessLogEvidence {
  const parsed = evidence.safeParse(readPaper(path, 'access-log'));
  if (parsed.success) return parsed.data as AccessLogEvidence;
  const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new CliError('paper-wrong', `${path} is no access log of vv: ${where}.`, {
    remedy: 'Use the file that `vv log --out` wrote; it may have been changed on the way.',
  });
}
