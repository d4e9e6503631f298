import {memoryFor} from '@vitalvault/genesis';
import {memoryFault, ownMemory} from './watch-memory.js';

const capacity = {keys: 500_000, leaves: 8_000_000};

test('a heap that a full ledger fits into is no fault, one MiB less says what it needs', () => {
  const need = memoryFor(capacity);
  expect(memoryFault(capacity, need)).toBeUndefined();
  const said = memoryFault(capacity, {...need, heapMiB: need.heapMiB - 1});
  expect(said).toContain('500000 keys and 8000000 leaves');
  expect(said).toContain(`a heap of ${String(need.heapMiB)} MiB (--max-old-space-size) in ${String(need.memoryMiB)}`);
  expect(memoryFault(capacity, {...need, memoryMiB: need.memoryMiB - 1})).toBe(
    said
      ?.replace(`${String(need.heapMiB - 1)} MiB in`, `${String(need.heapMiB)} MiB in`)
      .replace(new RegExp(`${String(need.memoryMiB)} MiB$`), `${String(need.memoryMiB - 1)} MiB`),
  );
});

test('what this process has is a number of MiB, with a limit or without', () => {
  const {heapMiB, memoryMiB} = ownMemory();
  expect(heapMiB).toBeGreaterThan(16);
  expect(memoryMiB).toBeGreaterThan(64);
  expect(memoryMiB).toBeLessThan(2 ** 24);
});
