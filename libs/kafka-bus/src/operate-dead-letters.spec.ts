import {createLogger} from '@vitalvault/process';
import type {DeadLetter, LetterBytes, SetAsideOrder, TopicPosition} from '@vitalvault/process';
import {headersText} from './letter-headers.js';
import {deleteLetters, listLetters, orderSetAside, sendAgain, showLetter} from './operate-dead-letters.js';
import type {LetterPorts, LetterToSend} from './operate-dead-letters.js';

const letter = (id: bigint, more: Partial<DeadLetter> = {}): DeadLetter => ({
  ...{id, topic: 't', partition: 1, offset: id * 10n, reason: 'JunkMessage: no message', bytes: 5},
  ...{recordId: undefined, setAsideAtMs: 0, setAsideBy: undefined, resolved: undefined, ...more},
});
const BYTES: LetterBytes = {
  key: Buffer.from('k'),
  value: Buffer.from('v'),
  headers: headersText({'message-id': 'the same'}),
};
const RECORD = 'ab'.repeat(32);

interface Given {
  readonly typed?: readonly string[];
  readonly next?: bigint;
  readonly resolves?: boolean;
  readonly sends?: () => Promise<void>;
  readonly unreadable?: number;
}

function harness(given: Given = {}) {
  const {typed = [], next = 20n, resolves = true, sends = () => Promise.resolve(), unreadable = 0} = given;
  const all = [letter(1n), letter(2n, {recordId: RECORD}), letter(3n, {recordId: RECORD, setAsideBy: 'Ada'})];
  const gone = letter(4n, {resolved: {atMs: 0, by: 'Ada', how: 'sent'}});
  const [lines, steps, orders, answers] = [[] as string[], [] as unknown[], [] as SetAsideOrder[], [...typed]];
  const ports: LetterPorts = {
    letters: {
      list: (which) => Promise.resolve(which === 'all' ? [...all, gone] : all),
      byId: (ids) => Promise.resolve([...all, gone].filter(({id}) => ids.includes(id))),
      ofRecord: (recordId) => Promise.resolve(all.filter((one) => one.recordId === recordId)),
      bytesOf: (id) => Promise.resolve(id === gone.id ? undefined : BYTES),
      withoutRecord: () => Promise.resolve(unreadable),
      delete: (id, by) => Promise.resolve(resolves && steps.push(['deleted', id, by]) > 0),
      sendAgain: async (id, by, send) => {
        if (!resolves) return false;
        await send(BYTES);
        return steps.push(['sent', id, by]) > 0;
      },
      order: (order) => Promise.resolve(void orders.push(order)),
    },
    topics: ['t'],
    offsets: {load: () => Promise.resolve<TopicPosition>({next, cluster: 'c', last: undefined})},
    view: {partitions: () => Promise.resolve(new Map([[1, {cluster: 'c', low: 0n, high: 30n}]]))},
    send: async (topic: string, sent: LetterToSend) => {
      await sends();
      steps.push(['send', topic, sent]);
    },
    write: (line) => void lines.push(line),
    ask: (question) => Promise.resolve((lines.push(question), answers.shift() ?? '')),
    logger: createLogger({service: 'spec', destination: {write: () => undefined}}),
  };
  return {lines, orders, ports, steps};
}

describe('dead letters, for a person', () => {
  it('are listed and shown', async () => {
    const {ports} = harness();
    const listed = await listLetters(ports, 'unresolved');
    expect(listed.text).toEqual([
      '1  t/1/10  1970-01-01T00:00:00.000Z  5 bytes  JunkMessage: no message',
      `2  t/1/20  1970-01-01T00:00:00.000Z  record ${RECORD}  5 bytes  JunkMessage: no message`,
      `3  t/1/30  1970-01-01T00:00:00.000Z by Ada  record ${RECORD}  5 bytes  JunkMessage: no message`,
    ]);
    expect((await listLetters(ports, 'all')).json).toMatchObject({
      deadLetters: [{id: '1', at: 't/1/10'}, {}, {}, {resolved: {by: 'Ada', how: 'sent'}}],
    });
    expect(await showLetter(ports, 1n)).toMatchObject({
      done: true,
      json: {deadLetter: {key: '6b', value: '76', headers: {'message-id': [Buffer.from('the same').toString('hex')]}}},
    });
    expect(await showLetter(ports, 9n)).toMatchObject({done: false, text: ['There is no 9.']});
  });

  it('go into their topic again as they came, and only then are resolved', async () => {
    const {ports, steps} = harness({typed: ['t/1/10', ' t/1/20 ']});
    const answer = await sendAgain(ports, [1n, 2n], 'Ada');
    expect(answer).toMatchObject({done: true, json: {sent: ['1', '2']}});
    const sent = {key: BYTES.key, value: BYTES.value, headers: {'message-id': [Buffer.from('the same')]}};
    expect(steps).toEqual([
      ['send', 't', sent],
      ['sent', 1n, 'Ada'],
      ['send', 't', sent],
      ['sent', 2n, 'Ada'],
    ]);
  });

  it('stay unresolved when Kafka does not take them', async () => {
    const {ports, steps} = harness({typed: ['t/1/10'], sends: () => Promise.reject(new Error('away'))});
    expect(await sendAgain(ports, [1n], 'Ada')).toMatchObject({done: false, fault: new Error('away')});
    expect(steps).toEqual([]);
  });

  it('that were sent before Kafka went away are named all the same', async () => {
    let left = 1;
    const sends = (): Promise<void> => (left-- > 0 ? Promise.resolve() : Promise.reject(new Error('away')));
    const {lines, ports} = harness({typed: ['t/1/10', 't/1/20', 't/1/30'], sends});
    const answer = await sendAgain(ports, [1n, 2n, 3n], 'Ada');
    expect(answer).toMatchObject({done: false, json: {sent: ['1']}, fault: new Error('away')});
    expect(lines).toContain('It is not known whether it was sent; it stays unresolved.');
  });

  it('are not sent when somebody deleted them for good while the place was typed', async () => {
    const {lines, ports, steps} = harness({typed: ['t/1/10'], resolves: false});
    expect(await sendAgain(ports, [1n], 'Ada')).toMatchObject({done: false, json: {sent: []}});
    expect(steps).toEqual([]);
    expect(lines).toContain('Somebody else resolved it meanwhile: nothing was done.');
  });

  it('are shown such that they move no terminal', async () => {
    const {ports} = harness();
    const headers = headersText({'x\u001b[2J\u009b': Buffer.from('\u001b]52;c;cm0=\u0007\r\n18  forged')});
    const bytesOf = (): Promise<LetterBytes> => Promise.resolve({...BYTES, headers});
    const {text} = await showLetter({letters: {...ports.letters, bytesOf}}, 1n);
    expect(text.join('')).toContain('header x\\u001b[2J\\u009b  1b5d35323b');
    expect(text.join('')).not.toMatch(/\p{Cc}/u);
  });

  it('of no record that can be read are named where a record is to be deleted', async () => {
    const {lines, ports} = harness({typed: ['t/1/20', 't/1/30'], unreadable: 2});
    const answer = await deleteLetters(ports, {recordId: RECORD}, 'Ada');
    expect(answer).toMatchObject({done: false, json: {deleted: ['2', '3']}});
    expect(lines.join('\n')).toContain('No record can be read in 2 unresolved');
  });

  it.each(['', 'y', 't/1', 't/1/1', 't/1/20', '1'])('are left as they are when "%s" is typed', async (typed) => {
    const {lines, ports, steps} = harness({typed: [typed, typed]});
    expect((await sendAgain(ports, [1n], 'Ada')).done).toBe(false);
    expect((await deleteLetters(ports, {ids: [1n]}, 'Ada')).done).toBe(false);
    expect(steps).toEqual([]);
    expect(lines.filter((line) => line === 'Left as it is.')).toHaveLength(2);
  });

  it('are deleted by record id, all of that record', async () => {
    const {ports, steps} = harness({typed: ['t/1/20', 't/1/30']});
    expect(await deleteLetters(ports, {recordId: RECORD}, 'Ada')).toMatchObject({
      done: true,
      json: {deleted: ['2', '3']},
    });
    expect(steps).toEqual([
      ['deleted', 2n, 'Ada'],
      ['deleted', 3n, 'Ada'],
    ]);
  });

  it.each([
    ['there is none', {ids: [9n]}, {}],
    ['nothing is of that record', {recordId: 'cd'.repeat(32)}, {}],
    ['somebody resolved it before', {ids: [4n]}, {typed: ['t/1/40']}],
    ['somebody resolved it meanwhile', {ids: [1n]}, {typed: ['t/1/10'], resolves: false}],
    ['one of two is not there', {ids: [1n, 9n]}, {typed: ['t/1/10']}],
  ])('say that not all is done when %s', async (_what, which, given) => {
    expect((await deleteLetters(harness(given).ports, which, 'Ada')).done).toBe(false);
  });
});

describe('a message at which a partition stands', () => {
  const place = {topic: 't', partition: 1, offset: 20n};

  it('is ordered to be set aside when its place is typed', async () => {
    const {orders, ports} = harness({typed: ['t/1/20']});
    expect((await orderSetAside(ports, place, 'Ada')).done).toBe(true);
    expect(orders).toEqual([{...place, cluster: 'c', by: 'Ada'}]);
  });

  it.each<[string, Given, object]>([
    ['another is typed', {typed: ['t/1/21']}, place],
    ['another message is next', {typed: ['t/1/20'], next: 21n}, place],
    ['Kafka has no such partition', {typed: ['t/7/20']}, {...place, partition: 7}],
    ['there is no message yet', {typed: ['t/1/30'], next: 30n}, {...place, offset: 30n}],
    ['the service does not take that topic', {typed: ['u/1/20']}, {...place, topic: 'u'}],
  ])('is not when %s', async (_what, given, at) => {
    const {orders, ports} = harness(given);
    expect((await orderSetAside(ports, at as typeof place, 'Ada')).done).toBe(false);
    expect(orders).toEqual([]);
  });
});
