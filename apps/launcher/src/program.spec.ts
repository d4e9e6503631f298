import {rawOptions} from '@vitalvault/arguments/testing';
import {launcherProgram} from './program.js';

describe('the options of the launcher', () => {
  it('all go through a parser or a list of choices', () => {
    expect(rawOptions(launcherProgram)).toEqual([]);
  });
});
