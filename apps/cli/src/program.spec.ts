import {lenientOptions, rawOptions} from '@vitalvault/arguments/testing';
import {vvProgram} from './program.js';

/** Options of vv that take words or names of files; all others refuse what is no number, time, id or choice. */
const FREE_TEXT = [
  '--home',
  '--passphrase-file',
  '--endpoints',
  '--genesis',
  '--in',
  '--out',
  '--key',
  '--sponsor-key',
  '--card',
  '--points',
  '--spans',
  '--receipts',
  '<file>',
  // Words.
  '--name',
  '--title',
  '--note',
  '--source',
  '--message',
  // What the program of a service is told, and where its system is.
  '<arguments>',
  '--data',
  '--namespace',
  '--release',
];

describe('vv', () => {
  it('has what patients, clinicians, devices and offices use, and the check of a system: no demo, nothing that breaks', () => {
    const names = vvProgram().commands.map((command) => command.name());
    expect(names).toEqual([
      'org',
      'member',
      'patient',
      'device',
      'clinician',
      'log',
      'verify',
      'trace',
      'spans',
      'chain',
      'check',
      'doctor',
      'ops',
    ]);
  });
});

describe('the options of vv', () => {
  it('all go through a parser or a list of choices', () => {
    expect(rawOptions(vvProgram())).toEqual([]);
  });

  it('take odd texts only where words and files are meant', () => {
    const lenient = lenientOptions(vvProgram()).map((name) => name.split(' ').at(-1) ?? '');
    // The card of a device is a file, the device to remove is an id.
    expect([...new Set(lenient)].sort()).toEqual([...FREE_TEXT, '--device'].sort());
    expect(lenientOptions(vvProgram())).not.toContain('remove-device --device');
  });

  it.each([
    ['verify', 'log.json', '--max-age', '60x'],
    ['verify', 'log.json', '--max-age', ''],
    ['verify', 'log.json', '--max-age', '0'],
    ['verify', 'log.json', '--max-age', 'NaN'],
    ['log', '--home', 'anna', '--validator', 'Infinity'],
    ['patient', 'alerts', '--home', 'anna', '--limit', '0'],
    ['patient', 'alerts', '--home', 'anna', '--after', '1e3'],
    ['patient', 'explain', '--home', 'anna', '--index', '7', '0x8'],
    ['device', 'status', '--home', 'watch', '--sequence', '18446744073709551616'],
    ['device', 'settle', '--home', 'watch', '--seconds', 'abc'],
    ['device', 'post', 'a.csv', '--home', 'watch', '--rows', '3-1'],
    ['device', 'receipts', '--home', 'watch', '--out', 'r.json', '--sequences', '1-1001'],
    ...['0', '', 'abc', '1.5', '-1', '4294967296'].map((reads) => [
      ...['patient', 'grant', '--home', 'anna', '--to', '9c'.repeat(20), '--type', 'omh:heart-rate'],
      ...['--data-from', '2016-04-01', '--data-to', '2016-04-02', '--max-reads', reads],
    ]),
    ['patient', 'grant', '--home', 'anna', '--to', 'Kéller', '--all-types', '--data-from', 'now', '--data-to', 'now'],
    ['patient', 'publish-keys', '--home', 'anna', '--type', 'omh:no-such-thing ❤️'],
    ['patient', 'publish-keys', '--home', 'anna', '--type', 'omh:heart-rate', '--from', '+900000y'],
    ['patient', 'card', '--home', ''],
  ])('%s %s … refuses its last value as wrong use', async (...argv) => {
    const program = vvProgram();
    const quiet = (command: typeof program): void => {
      command.exitOverride().configureOutput({writeErr: () => undefined});
      command.commands.forEach(quiet);
    };
    quiet(program);
    await expect(program.parseAsync(argv, {from: 'user'})).rejects.toMatchObject({code: 'commander.invalidArgument'});
  });
});
