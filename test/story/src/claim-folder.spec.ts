import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {claimFolder, releaseFolder, requireLocalSystem} from './claim-folder.js';

const RELEASE = {namespace: 'vitalvault', release: 'vv'};

describe('the folder of a release', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'vv-folder-'));
  });
  afterEach(() => {
    rmSync(dir, {recursive: true});
  });
  const localSystem = (): void => {
    writeFileSync(
      join(dir, 'system.json'),
      '{"layout":1,"chainId":"vitalvault-0a1b2c","portBase":26600,"validators":4}',
    );
    writeFileSync(join(dir, 'genesis.json'), 'of the local system');
  };
  const taken = (message: RegExp) =>
    expect.objectContaining({name: 'StoryError', message: expect.stringMatching(message)});

  it('is made, and is its own again', () => {
    const folder = join(dir, 'new', 'one');
    claimFolder(folder, RELEASE);
    claimFolder(folder, RELEASE);
    expect(readdirSync(folder)).toEqual(['system.json']);
  });

  it('is never that of a local system: nothing is written there, and it says whose it is', () => {
    localSystem();
    expect(() => {
      claimFolder(dir, RELEASE);
    }).toThrow(taken(/holds the local system vitalvault-0a1b2c/));
    expect(readdirSync(dir).sort()).toEqual(['genesis.json', 'system.json']);
    expect(readFileSync(join(dir, 'genesis.json'), 'utf8')).toBe('of the local system');
  });

  it('is never that of another release', () => {
    claimFolder(join(dir, 'a'), RELEASE);
    for (const other of [
      {...RELEASE, release: 'b'},
      {...RELEASE, namespace: 'b'},
    ])
      expect(() => {
        claimFolder(join(dir, 'a'), other);
      }).toThrow(taken(/holds the release vitalvault\/vv/));
  });

  it.each([['notes.txt'], ['keys'], ['endpoints.json'], ['genesis.json']])('is none that holds %s', (name) => {
    mkdirSync(join(dir, name));
    expect(() => {
      claimFolder(dir, RELEASE);
    }).toThrow(taken(/holds other files/));
    expect(existsSync(join(dir, 'system.json'))).toBe(false);
  });

  it.each(['{"layout":1', '[]', '7', '{"layout":2}'])('is none whose mark is %s', (mark) => {
    writeFileSync(join(dir, 'system.json'), mark);
    expect(() => {
      claimFolder(dir, RELEASE);
    }).toThrow(taken(/cannot be named/));
    expect(readFileSync(join(dir, 'system.json'), 'utf8')).toBe(mark);
  });

  it('is no local system, and a local system is', () => {
    claimFolder(join(dir, 'release'), RELEASE);
    expect(() => {
      requireLocalSystem(join(dir, 'release'));
    }).toThrow(taken(/holds the release vitalvault\/vv, not a system of processes/));
    localSystem();
    expect(() => {
      requireLocalSystem(dir);
    }).not.toThrow();
  });

  it('is another one for each release, and none of a local system', () => {
    expect(releaseFolder(RELEASE)).not.toBe(releaseFolder({namespace: 'other', release: 'vv'}));
    expect(releaseFolder(RELEASE).split('/')).not.toContain('var');
  });
});
