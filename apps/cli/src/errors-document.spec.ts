import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {ENVELOPE_ERRORS} from '@vitalvault/envelope';
import {CATALOGUE} from '@vitalvault/errors';
import {SDK_ERRORS, SdkError} from '@vitalvault/sdk';
import type {SdkCode} from '@vitalvault/sdk';
import {CLI_ERRORS} from './cli-errors.js';
import {explainError} from './explain-error.js';

const document = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
const sdkCodes = [...Object.keys(SDK_ERRORS), ...Object.keys(CATALOGUE)] as SdkCode[];

describe('docs/errors.md', () => {
  it.each([...sdkCodes, ...Object.keys(ENVELOPE_ERRORS), ...Object.keys(CLI_ERRORS)])('has %s', (code) => {
    expect(document).toContain(`\n| \`${code}\` |`);
  });

  it.each(sdkCodes)('is not what vv sends people to for %s: it says the remedy', (code) => {
    const {remedy} = explainError(new SdkError(code));
    expect(remedy).not.toMatch(/docs\/errors/);
    expect(remedy.length).toBeGreaterThanOrEqual(10);
  });

  it('has no code that vv never finds', () => {
    const own = readdirSync(import.meta.dirname, {recursive: true, encoding: 'utf8'}).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('cli-errors.ts'),
    );
    const source = own.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('');
    expect(Object.keys(CLI_ERRORS).filter((code) => !source.includes(`'${code}'`))).toEqual([]);
  });
});
