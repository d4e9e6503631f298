import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {CliError} from './cli-error.js';
import {toJson} from './answer.js';

/**
 * What passes between actors as a file or by copy and paste: JSON with the kind of paper it is. Nothing in it is
 * secret.
 */
export type PaperKind =
  | 'enrolment-request'
  | 'member-request'
  | 'device-card'
  | 'transaction-part'
  | 'device-config'
  | 'patient-card'
  | 'access-log'
  | 'receipts'
  | 'readings'
  | 'data-points';

/**
 * Writes a paper; without a path nothing (the answer has it already). It may take the place of an older one of its kind
 * and of nothing else: a typo must not cost a key file or the genesis of a system.
 * @throws CliError `file-taken`
 */
export function writePaper(path: string | undefined, kind: PaperKind, content: Record<string, unknown>): void {
  if (path === undefined) return;
  requirePlaceFor(kind, path);
  writeFileSync(path, `${toJson({paper: kind, ...content})}\n`);
}

/** Kind of a paper, whatever it is. @throws CliError `paper-missing`, `paper-wrong` when it is damaged */
export function paperKind(path: string): unknown {
  return parse(path)['paper'];
}

/** @throws CliError `paper-missing`, `paper-wrong` when it is damaged or of another kind */
export function readPaper(path: string, kind: PaperKind): Record<string, unknown> {
  const paper = parse(path);
  if (paper['paper'] !== kind)
    throw new CliError(
      'paper-wrong',
      `${path} is not what is needed here: ${typeof paper['paper'] === 'string' ? paper['paper'] : 'no paper of vv'} instead of ${kind}.`,
      {remedy: 'Look at the example in --help; each command takes the file that the one before it wrote.'},
    );
  return paper;
}

/** A text field of a paper. @throws CliError `paper-wrong` */
export function paperText(paper: Record<string, unknown>, name: string): string {
  const value = paper[name];
  if (typeof value !== 'string')
    throw new CliError('paper-wrong', `The file has no "${name}".`, {remedy: 'Ask the other side for it again.'});
  return value;
}

/** A field of a paper that is so many bytes in hexadecimal. @throws CliError `paper-wrong` */
export function paperHex(paper: Record<string, unknown>, name: string, bytes: number): string {
  const value = paperText(paper, name);
  if (value.length !== bytes * 2 || !/^[0-9a-f]+$/.test(value))
    throw new CliError('paper-wrong', `"${name}" in the file is not ${bytes} bytes in hexadecimal.`, {
      remedy: 'The file was changed or cut off: ask the other side for it again.',
    });
  return value;
}

/** @throws CliError `file-taken` when there is a file that is no paper of this kind */
export function requirePlaceFor(kind: PaperKind, path: string): void {
  if (!existsSync(path) || kindAt(path) === kind) return;
  throw new CliError('file-taken', `${path} is another file already; it stays as it is.`, {
    remedy: 'Name another file, or take that one away first.',
  });
}

function kindAt(path: string): unknown {
  try {
    return paperKind(path);
  } catch {
    return undefined;
  }
}

function parse(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError('paper-missing', `${path} cannot be read.`, {
      remedy: 'Name the file that the other side gave you.',
      cause,
    });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    throw new SyntaxError('no object');
  } catch (cause) {
    throw new CliError('paper-wrong', `${path} is not JSON.`, {
      remedy: 'It may have been cut off: ask for it again.',
      cause,
    });
  }
}
