import {describe, expect, it} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {protocolVectors} from '../vectors/protocol-vectors.js';

describe('test/vectors/protocol.json', () => {
  it('is what the code makes: a changed byte anywhere in the protocol is seen here', async () => {
    const committed: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/protocol.json'), 'utf8'));
    expect(JSON.parse(JSON.stringify(await protocolVectors()))).toEqual(committed);
  });
});
