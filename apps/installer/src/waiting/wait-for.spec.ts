import {describe, expect, it} from '@jest/globals';
import {InstallerError} from '../installer-error.js';
import {listening, waitFor} from './wait-for.js';

/** There after some tries. */
const after = (tries: number, name = 'x') => ({
  name,
  fault: () => Promise.resolve(tries-- > 0 ? 'ECONNREFUSED' : undefined),
});
const said: string[] = [];
const options = {timeoutSeconds: 5, say: (line: string) => said.push(line), pauseMs: 1};

describe('waitFor', () => {
  it('waits for the last of all and asks nobody again who was there', async () => {
    await waitFor([after(0, 'a'), after(3, 'b')], options);
    expect(said).toEqual(['a is there', 'b is there']);
  });

  it('gives up with the reason of each', async () => {
    const never = {name: 'db:5432', fault: () => Promise.reject(new Error('password authentication failed'))};
    await expect(waitFor([never, after(0)], {...options, timeoutSeconds: 0})).rejects.toThrow(
      'db:5432 (password authentication failed)',
    );
  });

  it('does not wait for what no waiting mends', async () => {
    const vain = {name: 'database', fault: () => Promise.reject(new InstallerError('too new'))};
    await expect(waitFor([vain], options)).rejects.toThrow(/^too new$/);
  });
});

describe('listening', () => {
  it.each(['nohost', ':80', 'h:0', 'h:x'])('refuses %s', (address) => {
    expect(() => listening(address)).toThrow('not host:port');
  });
});
