import {expect, it} from '@jest/globals';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

const text = readFileSync(join(import.meta.dirname, '../../docs/protocol.md'), 'utf8');

it.each(BodySchema.oneofs[0]?.fields.map(({message}) => message) ?? [])(
  'docs/protocol.md names every field of $name, in order',
  (message) => {
    const [, named = ''] =
      new RegExp(`\\n\\*\\*\`${message?.name ?? ''}\`\\*\\*[^]*?\\n- Message:([^]*?)\\n- `).exec(text) ?? [];
    expect([...named.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(message?.fields.map(({name}) => name));
  },
);
