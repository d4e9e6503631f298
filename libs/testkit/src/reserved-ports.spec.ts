import {describe, expect, it, jest} from '@jest/globals';
import {reservePorts} from './reserved-ports.js';

describe('reservePorts', () => {
  it('gives two that ask at once, and draw the same, ports of their own; what is released is free again', async () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const [one, other] = await Promise.all([reservePorts(), reservePorts()]);
    expect(Math.abs(one.base - other.base)).toBeGreaterThanOrEqual(500);
    await one.release();
    const again = await reservePorts();
    expect(again.base).toBe(one.base);
    await Promise.all([again.release(), other.release()]);
    random.mockRestore();
  });
});
