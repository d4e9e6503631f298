import {expect, it} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {vectorFiles} from '../vectors/vector-files.js';

// A changed byte anywhere in the protocol is seen here. ledger-chain.json freezes consensus: see
// docs/changing-the-protocol.md before it is made anew.
const files = await vectorFiles();

it.each(Object.keys(files))('test/vectors/%s is, to the byte, what test/vectors/generate.ts makes', (name) => {
  expect(readFileSync(join(import.meta.dirname, '../vectors', name), 'utf8')).toBe(files[name]);
});
