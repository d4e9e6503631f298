import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import type {NewAlert} from './alert.js';
import {isPushed} from './rules.js';
import type {Rule} from './rules.js';

const alert = (kind: AlertKind, reader?: string): NewAlert => ({
  alertId: '',
  patient: '',
  kind,
  raisedAtMs: 1n,
  subject: '',
  text: '',
  ...(reader === undefined ? {} : {reader}),
});
const NOON = 720;

describe('isPushed', () => {
  it('pushes without a rule', () => {
    expect(isPushed([], alert(AlertKind.ACCESS_PERMITTED), NOON)).toBe(true);
  });

  it('keeps a usual pattern and nothing else', () => {
    const rules: Rule[] = [{kind: AlertKind.ACCESS_PERMITTED, reader: 'aa', action: 'store'}];
    expect(isPushed(rules, alert(AlertKind.ACCESS_PERMITTED, 'aa'), NOON)).toBe(false);
    expect(isPushed(rules, alert(AlertKind.ACCESS_PERMITTED, 'bb'), NOON)).toBe(true);
    expect(isPushed(rules, alert(AlertKind.RIGHTS_CHANGED, 'aa'), NOON)).toBe(true);
  });

  it.each([AlertKind.ACCESS_REFUSED, AlertKind.STORAGE_CORRUPT])('pushes kind %i whatever the rules say', (kind) => {
    expect(isPushed([{kind, action: 'store'}], alert(kind), NOON)).toBe(true);
  });

  it('lets the first rule that fits decide', () => {
    const rules: Rule[] = [
      {kind: AlertKind.ACCESS_PERMITTED, reader: 'aa', action: 'deliver'},
      {kind: AlertKind.ACCESS_PERMITTED, action: 'store'},
    ];
    expect([
      isPushed(rules, alert(AlertKind.ACCESS_PERMITTED, 'aa'), NOON),
      isPushed(rules, alert(AlertKind.ACCESS_PERMITTED, 'bb'), NOON),
    ]).toEqual([true, false]);
  });

  it.each([
    [1_320, false],
    [1_439, false],
    [0, false],
    [359, false],
    [360, true],
    [NOON, true],
    [1_319, true],
  ])('is quiet from 22:00 to 06:00: at minute %i pushed = %s', (minute, pushed) => {
    expect(
      isPushed(
        [{kind: AlertKind.RIGHTS_CHANGED, quiet: {from: 1_320, to: 360}, action: 'store'}],
        alert(AlertKind.RIGHTS_CHANGED),
        minute,
      ),
    ).toBe(pushed);
  });
});
