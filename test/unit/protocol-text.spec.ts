import {expect, it} from '@jest/globals';
import {CODE} from '@vitalvault/contracts';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'docs/protocol.md'), 'utf8');

it.each(BodySchema.oneofs[0]?.fields.map(({message}) => message) ?? [])(
  'docs/protocol.md names every field of $name, in order',
  (message) => {
    const [, named = ''] =
      new RegExp(`\\n\\*\\*\`${message?.name ?? ''}\`\\*\\*[^]*?\\n- Message:([^]*?)\\n- `).exec(text) ?? [];
    expect([...named.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(message?.fields.map(({name}) => name));
  },
);

it.each(Object.keys(CODE).filter((name) => name !== 'ok'))('docs/protocol.md says when the ledger gives %s', (name) => {
  expect(text).toContain(`\`${name}\``);
});

it('docs/changing-the-protocol.md names files that exist', () => {
  const page = readFileSync(join(root, 'docs/changing-the-protocol.md'), 'utf8');
  const named = [...page.matchAll(/(?:`|node )((?:apps|docs|libs|proto|test|tools)\/[\w./-]+)/g)].map(
    ([, name]) => name ?? '',
  );
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((name) => !existsSync(join(root, name)))).toEqual([]);
});
