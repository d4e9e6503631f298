import {CliError} from '../cli-error.js';

/** A line of the file that is not empty. */
export interface CsvLine {
  /** From 1. */
  number: number;
  fields: string[];
}

export interface CsvTable {
  columns: string[];
  lines: CsvLine[];
  /** Whether a comma may stand for the decimal point: it parts no columns. */
  commaIsDecimal: boolean;
}

const BYTE_ORDER_MARK = '\u{feff}';
/** What spreadsheets and phones write for a space. */
const SPACES = /[\u{a0}\u{2007}\u{2009}\u{202f}]/gu;
const SEPARATORS = [',', ';', '\t'] as const;

/**
 * The text of a file of readings as a table. Empty lines are left out.
 * @throws CliError `csv-invalid` for what is no text in UTF-8 of lines
 */
export function csvTable(bytes: Uint8Array): CsvTable {
  const text = textOf(bytes).replace(SPACES, ' ');
  if (!text.includes('\n') && text.includes('\r'))
    throw csvInvalid('Its lines end with CR alone, as on old computers.');
  const [head = '', ...rest] = text.split(/\r?\n/);
  const separator = SEPARATORS.find((one) => head.includes(one)) ?? ',';
  return {
    columns: fieldsOf(head, separator),
    lines: rest.flatMap((line, i) => (line.trim() === '' ? [] : [{number: i + 2, fields: fieldsOf(line, separator)}])),
    commaIsDecimal: separator !== ',',
  };
}

/** @throws CliError always: what is wrong with the whole file */
export function csvInvalid(why: string): CliError {
  return new CliError('csv-invalid', `The file cannot be read. ${why}`, {
    remedy:
      'vv reads heart rates (beats/min) from CSV in UTF-8 whose first line names the columns Time and Value; others may ' +
      'stand beside them. Export the data as such a file.',
  });
}

function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw csvInvalid('It is text in UTF-16: save it as "CSV UTF-8".');
  let text: string;
  try {
    text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    throw csvInvalid('It is no text in UTF-8.');
  }
  if (text.startsWith(BYTE_ORDER_MARK)) text = text.slice(1);
  const [start = ''] = text.trimStart();
  if (start === '{' || start === '[') throw csvInvalid('It is JSON.');
  if (start === '<') throw csvInvalid('It is XML or HTML.');
  return text;
}

// RFC 4180: a field in quotes may hold the separator, and a quote twice.
function fieldsOf(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator).map((field) => field.trim());
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === '"' && quoted && line.charAt(i + 1) === '"') field += line.charAt(++i);
    else if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      fields.push(field.trim());
      field = '';
    } else field += char;
  }
  return [...fields, field.trim()];
}
