import type {ObjectStore} from './object-store.js';

export interface EnsureOptions {
  store: ObjectStore;
  now: () => Date;
  /** One line of progress, without any secret. */
  say: (line: string) => void;
}
