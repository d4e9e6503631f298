import {shaped} from '@vitalvault/arguments';
import type {AsideReading} from '@vitalvault/sdk';
import {Option} from 'commander';
import {CliError, EXIT} from '../../cli-error.js';
import {defineCommand, group} from '../../define-command.js';
import {openDevice} from '../../device/device-home.js';
import {PROOF_PATIENCE_MS, settlePending} from '../../device/settle-pending.js';
import type {Session} from '../../session.js';
import {fields} from '../../text/columns.js';

const asideId = shaped(/^[0-9a-f]{12}$/, 'an id as `vv device set-aside list` shows it');
const only = (): Option =>
  new Option('--only <id>', 'this one alone, by the id that the list shows').argParser(asideId);

const listCommand = defineCommand<object>({
  name: 'list',
  summary: 'readings that were not taken, and why',
  examples: ['vv device set-aside list --home watch'],
  run: async (session) => {
    const {readings} = await openAside(session, 'look');
    return {
      json: {readings},
      text:
        readings.length === 0 ? ['nothing is set aside'] : readings.map(({id, time, why}) => `${id}  ${time}  ${why}`),
    };
  },
});

const dropCommand = defineCommand<{only?: string; all?: boolean}>({
  name: 'drop',
  summary: 'forget readings that were set aside: they are nowhere else in this home',
  options: [only(), new Option('--all', 'all of them').conflicts('only')],
  examples: [
    'vv device set-aside drop --home watch --only 3fa94c0d11e2',
    'vv device set-aside drop --home watch --all',
  ],
  run: async (session, options) => {
    if (options.only === undefined && options.all !== true)
      throw new CliError('usage', 'Which ones?', {remedy: 'Give --only ID of the list, or --all.'});
    const {chosen, opened} = await openAside(session, 'work', options.only);
    await opened.stores.dropAside(chosen);
    return {json: {dropped: chosen.length}, text: fields({dropped: chosen.length})};
  },
});

const retryCommand = defineCommand<{only?: string}>({
  name: 'retry',
  summary: 'send readings that were set aside: what can be taken by now goes, the others stay',
  options: [only()],
  examples: ['vv device set-aside retry --home watch'],
  run: async (session, options) => {
    const {chosen, opened} = await openAside(session, 'work', options.only);
    const {device, stores, sent, owner} = opened;
    const hers = chosen.filter((one) => one.owner === owner);
    let anchored = 0;
    let waiting = 0;
    let sealed = 0;
    for (const [typeName, some] of Map.groupBy(hers, (one) => one.typeName)) {
      // Broken off after it was sealed, a reading is in two places.
      const pending = new Set((await stores.all()).flatMap(({readings}) => readings.map(({text}) => text)));
      await stores.dropAside(some.filter(({reading}) => pending.has(reading.text)));
      const readings = some.map(({reading}) => reading).filter(({text}) => !pending.has(text));
      const {fit} = await device.judge(typeName, readings);
      const records = await device.seal(typeName, fit);
      sent.remember(fit);
      await stores.dropAside(some.filter(({reading}) => fit.includes(reading)));
      const settled = await settlePending(device, await device.post(records), PROOF_PATIENCE_MS);
      sealed += fit.length;
      anchored += settled.anchored.length;
      waiting += settled.waiting;
    }
    const json = {sent: sealed, anchored, waiting, setAside: chosen.length - sealed};
    return {
      json,
      text: fields({sent: sealed, 'records anchored': anchored, 'still set aside': json.setAside}),
      exit: json.setAside > 0 ? EXIT.refused : waiting > 0 ? EXIT.unavailable : EXIT.done,
    };
  },
});

export const setAsideCommand = group('set-aside', 'readings that could not be sent as they were', [
  listCommand,
  dropCommand,
  retryCommand,
]);

async function openAside(session: Session, use: 'work' | 'look', id?: string) {
  const opened = await openDevice(session, use);
  const all = await opened.stores.asides();
  const idOf = (one: AsideReading): string => opened.stores.asideId(one);
  const chosen = id === undefined ? all : all.filter((one) => idOf(one) === id);
  if (id !== undefined && chosen.length === 0)
    throw new CliError('aside-unknown', `Nothing with the id ${id} is set aside.`, {
      remedy: 'See `vv device set-aside list`.',
    });
  const readings = all.map((one) => ({
    id: idOf(one),
    time: new Date(one.reading.timeMs).toISOString(),
    code: one.code,
    why: one.detail,
  }));
  return {opened, chosen, readings};
}
