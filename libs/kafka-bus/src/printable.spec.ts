import {printable} from './printable.js';

describe('printable', () => {
  it.each<[string, string]>([
    ['plain Ärzte, 心 and 🫀 \\ "', 'plain Ärzte, 心 and 🫀 \\ "'],
    ['\u001b]52;c;cm0=\u0007', '\\u001b]52;c;cm0=\\u0007'],
    ['a\r\n18  forged', 'a\\u000d\\u000a18  forged'],
    ['\u009b2J\u007f', '\\u009b2J\\u007f'],
    ['\u202egnp.exe\u200b\u2028', '\\u202egnp.exe\\u200b\\u2028'],
    ['\u{e0041}', '\\udb40\\udc41'],
  ])('%j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('keeps what JSON says', () => {
    const said = {'x\u001b[2J': 'y\u009b\u202e\u{e0041}\u2028\n'};
    const shown = printable(JSON.stringify(said));
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(shown)).toEqual(said);
  });
});
