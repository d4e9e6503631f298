import {measureRow} from './measure-row.js';
import {CannotMeasure} from './row.js';
import type {Row} from './row.js';
import {Scratch} from './scratch.js';

const context = (quick: boolean) => ({
  quick,
  large: false,
  profile: false,
  scratch: new Scratch(),
  say: () => undefined,
});
const row: Row = {
  number: '0',
  title: 'made up',
  arms: [
    {name: 'ours', unit: '1/s'},
    {name: 'theirs', unit: '1/s'},
  ],
  claims: [{title: 'ours ÷ theirs', target: {atLeast: 2}, of: ({ours = 0, theirs = 0}) => ours / theirs}],
  rounds: {full: 3, quick: 1},
  setup: () => {
    let calls = 0;
    return {
      sample: (arm) => (arm === 'ours' ? ++calls * 10 : 5),
      facts: () => [{title: 'calls', value: String(calls)}],
    };
  },
};

describe('measureRow', () => {
  it('samples as often as was asked, judges, and then asks for the facts', async () => {
    const measured = await measureRow(row, context(false));
    expect(measured.arms.map(({name, summary}) => [name, summary.median, summary.samples])).toEqual([
      ['ours', 30, 3],
      ['theirs', 5, 3],
    ]);
    expect(measured.claims).toMatchObject([{ratio: {median: 6, min: 4, max: 8}, verdict: {is: 'met'}}]);
    expect(measured.facts).toEqual([{title: 'calls', value: '4'}]);
    expect((await measureRow(row, context(true))).arms[0]?.summary.samples).toBe(1);
  });

  it('prepares each sample, and says where its time went when that was asked', async () => {
    const order: string[] = [];
    const setup = () => ({prepare: (arm: string) => void order.push(arm), sample: () => order.push('sample')});
    const {facts} = await measureRow({...row, setup}, {...context(true), profile: true});
    expect(order.slice(0, 4)).toEqual(['ours', 'sample', 'theirs', 'sample']);
    expect(facts.map(({title}) => title)).toEqual([
      'profile of ours, self',
      'profile of ours, total',
      'profile of theirs, self',
      'profile of theirs, total',
    ]);
  });

  it('is not measured, with the reason, when it cannot be set up', async () => {
    const setup = (): never => {
      throw new CannotMeasure('there is no C compiler');
    };
    expect((await measureRow({...row, setup}, context(true))).claims).toMatchObject([
      {target: '≥ 2', ratio: undefined, verdict: {is: 'not measured', reason: 'there is no C compiler'}},
    ]);
  });

  it('passes any other failure on', async () => {
    const setup = (): never => {
      throw new Error('a fault of the row');
    };
    await expect(measureRow({...row, setup}, context(true))).rejects.toThrow('a fault of the row');
  });
});
