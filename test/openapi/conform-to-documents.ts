import {conformingFetch} from './conforming-fetch.js';

// Of every integration and end-to-end spec: whatever our services answer to a test is what docs/openapi says.
globalThis.fetch = conformingFetch(globalThis.fetch);
