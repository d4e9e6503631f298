import {createLogger} from '@vitalvault/process';
import type {Advance} from '@vitalvault/process';
import {beginAnew, showPositions} from './operate-positions.js';

const stored = (partition: number, stands?: string) => ({
  ...{topic: 't', partition, stands},
  position: {next: 5n, cluster: 'old', last: 'hash'},
});

function harness({typed = '', decides = true}: {typed?: string; decides?: boolean} = {}) {
  const [lines, decided, logged] = [[] as string[], [] as [Advance, string][], [] as string[]];
  const destination = {write: (line: string) => void logged.push(line)};
  return {
    ...{lines, decided, logged},
    ports: {
      offsets: {
        all: () => Promise.resolve([stored(0), stored(1, 'another Kafka'), stored(2, 'another Kafka')]),
        decide: (advance: Advance, by: string) => Promise.resolve(decides && decided.push([advance, by]) > 0),
      },
      view: {partitions: () => Promise.resolve(new Map([0, 1].map((n) => [n, {cluster: 'new', low: 2n, high: 9n}])))},
      write: (line: string) => void lines.push(line),
      ask: (question: string) => Promise.resolve(void lines.push(question)).then(() => typed),
      logger: createLogger({service: 'spec', destination}),
    },
  };
}

describe('positions, for a person', () => {
  it('are shown as stored and as found', async () => {
    const {lines, ports} = harness();
    await showPositions(ports);
    expect(lines).toEqual([
      't/0  stored 5 of Kafka old  Kafka new has 2 to 9: goes on',
      't/1  stored 5 of Kafka old  Kafka new has 2 to 9: another Kafka',
      't/2  stored 5 of Kafka old  Kafka has nothing: another Kafka',
    ]);
  });

  it('begin anew at the first record that is there, only where one stands and when just that was typed', async () => {
    const {decided, logged, ports} = harness({typed: ' t/1/2 '});
    expect(await beginAnew(ports, 'somebody')).toBe(false);
    const {position: from} = stored(1);
    const to = {next: 2n, cluster: 'new', last: undefined};
    expect(decided).toEqual([[{topic: 't', partition: 1, from, to}, 'somebody']]);
    expect(logged.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {level: 'warn', at: 't/1/2', reason: 'another Kafka', offset: '5'},
    ]);
  });

  it.each(['', 'y', 't/1/0', 't/1', 't/0/2', 't/1/2 t/1/2'])(
    'are left as they are when "%s" is typed',
    async (typed) => {
      const {decided, lines, logged, ports} = harness({typed});
      expect(await beginAnew(ports, 'somebody')).toBe(false);
      expect([decided, logged, lines.includes('Left as it is.')]).toEqual([[], [], true]);
    },
  );

  it('are left as they are when the service went on meanwhile', async () => {
    const {lines, logged, ports} = harness({typed: 't/1/2', decides: false});
    expect(await beginAnew(ports, 'somebody')).toBe(false);
    expect(logged).toEqual([]);
    expect(lines).toContain('It does not stand there any more: nothing was changed.');
  });

  it.each<[string, {low: bigint; high: bigint; cluster: string; stands: string}, boolean]>([
    ['the right Kafka came back', {low: 0n, high: 9n, cluster: 'old', stands: 'another Kafka: …'}, false],
    ['records are gone still', {low: 0n, high: 4n, cluster: 'old', stands: 'records are gone: …'}, true],
    ['only reading shows why', {low: 0n, high: 9n, cluster: 'old', stands: 'another topic: …'}, true],
  ])('are offered by what Kafka has now: %s', async (_what, {stands, ...found}, offered) => {
    const {decided, lines, ports} = harness({typed: 't/1/0'});
    const offsets = {...ports.offsets, all: () => Promise.resolve([stored(1, stands)])};
    const view = {partitions: () => Promise.resolve(new Map([[1, found]]))};
    expect(await beginAnew({...ports, offsets, view}, 'somebody')).toBe(true);
    expect(decided).toHaveLength(offered ? 1 : 0);
    expect(lines.some((line) => line.startsWith('Kafka continues it now'))).toBe(!offered);
  });
});
