import {afterAll, beforeAll} from '@jest/globals';
import {projectionCases} from './cases/projection-cases.js';
import {releaseCases} from './cases/release-cases.js';
import {rightsCases} from './cases/rights-cases.js';
import {transactionCases} from './cases/transaction-cases.js';
import {START_MS} from './policy-people.js';
import {PolicyStory} from './policy-story.js';

const story = new PolicyStory();

beforeAll(() => story.start(), START_MS);
afterAll(() => story.system.stop());

// One story in four files, in this order.
transactionCases(story);
rightsCases(story);
releaseCases(story);
projectionCases(story);
