import {CODE, codeName} from '@vitalvault/contracts';
import {refusalText} from './refusal-text.js';

describe('what a patient reads of a refused record', () => {
  it.each([CODE.deviceRemoved, CODE.unknownDevice])('of a removed device (%d) promises no sending', (code) => {
    expect(refusalText(code)).toMatch(/not sent again, unless you register it again/);
  });

  it.each([CODE.entryTag, CODE.entrySlot])('that the registration does not cover (%d) promises none either', (code) => {
    expect(refusalText(code)).toMatch(/cannot send them/);
  });

  it.each([CODE.entryEpoch, CODE.entryReleaseKey, CODE.entryForgotten])('of another kind (%d) does', (code) => {
    expect(refusalText(code)).toMatch(/sends them again under new numbers/);
  });

  it.each(Object.values(CODE))('names the code (%d) and fits an alert', (code) => {
    expect(refusalText(code)).toContain(codeName(code));
    expect(refusalText(code).length).toBeLessThanOrEqual(300);
  });
});
