import {WithoutTries} from './without-tries.js';

const TRY =
  'E1128 18:00:00.123456   4711 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list"\n';
const WHY = 'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n';

/** What stays of parts, whose borders may be anywhere. */
function told(...parts: string[]): string {
  const written: string[] = [];
  const complaints = new WithoutTries((text) => written.push(text));
  for (const part of parts) complaints.add(part);
  complaints.end();
  return written.join('');
}

describe('what kubectl complains of', () => {
  it('is told without its five tries, wherever its parts end', () => {
    const all = TRY.repeat(5) + WHY;
    expect(told(all)).toBe(WHY);
    for (let at = 0; at <= all.length; at += 7) expect(told(all.slice(0, at), all.slice(at))).toBe(WHY);
    expect(told(...Array.from(all))).toBe(WHY);
  });

  it('is told at once where it asks something and waits', () => {
    const written: string[] = [];
    new WithoutTries((text) => written.push(text)).add('Please enter the code 1234: ');
    expect(written).toEqual(['Please enter the code 1234: ']);
  });

  it('loses nothing else', () => {
    expect(told('Error from server (Forbidden): no\n', 'Eh')).toBe('Error from server (Forbidden): no\nEh');
  });
});
