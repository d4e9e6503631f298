import {rawOptions} from '@vitalvault/arguments/testing';
import {storyProgram} from './program.js';

describe('the options of the story', () => {
  it('all go through a parser or a list of choices', () => {
    expect(rawOptions(storyProgram)).toEqual([]);
  });

  it.each([
    ['--url', 'policy.example'],
    ['--url', 'kafka=https://kafka.example'],
    ['--namespace', ''],
    ['--data', ''],
  ])('%s does not take %j', async (option, value) => {
    storyProgram.exitOverride().configureOutput({writeErr: () => undefined});
    await expect(storyProgram.parseAsync([option, value], {from: 'user'})).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });
});
