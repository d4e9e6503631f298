import {rawOptions} from '@vitalvault/arguments/testing';
import {installerProgram} from './program.js';

describe('the options of the installer', () => {
  it('all go through a parser or a list of choices', () => {
    expect(rawOptions(installerProgram)).toEqual([]);
  });
});
