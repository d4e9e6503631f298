import {toHex} from '@vitalvault/contracts';
import {parseGenesis} from '@vitalvault/light-client';
import {verifyAccessLog} from '@vitalvault/sdk';
import type {AccessLogEvidence} from '@vitalvault/sdk';
import {Option} from 'commander';
import {defineCommand} from '../define-command.js';
import {readPaper} from '../exchange.js';
import {leafJson} from '../log/leaf-text.js';
import {fields} from '../text/columns.js';

export const verifyCommand = defineCommand<{maxAge: string}>({
  name: 'verify',
  arguments: [['<file>', 'access log from `vv log --out`']],
  summary: 'check a saved access log offline, with nothing trusted but the genesis; exit code 1 when it does not hold',
  home: false,
  options: [new Option('--max-age <seconds>', 'how old the newest header may be').default('60')],
  examples: ['vv verify log.json --genesis genesis.json', 'vv verify archive.json --genesis genesis.json --max-age 31536000'],
  run: (session, options, file) => {
    const evidence = readPaper(file, 'access-log') as unknown as AccessLogEvidence;
    const {leaves, head, header} = verifyAccessLog(evidence, {genesis: parseGenesis(session.genesis()), now: Date.now(), maxHeaderAgeMs: Number(options.maxAge) * 1000});
    return {
      json: {holds: true, size: head.size, root: toHex(head.root), height: header.height, entries: leaves.map(leafJson)},
      text: fields({holds: 'yes: whole, unchanged, in order', entries: head.size, root: toHex(head.root), 'proven by header': header.height, 'header time': new Date(header.timeMs).toISOString()}),
    };
  },
});
