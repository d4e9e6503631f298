import {headersOf, headersText} from './letter-headers.js';

describe('headers of a message that is set aside', () => {
  it('come back to the byte, several of a name too', () => {
    const bytes = Buffer.from([0, 255, 10, 34]);
    const headers = {'message-id': 'ä', bytes, both: ['a', bytes], gone: undefined};
    expect(headersOf(headersText(headers))).toEqual({
      'message-id': [Buffer.from('ä')],
      bytes: [bytes],
      both: [Buffer.from('a'), bytes],
      gone: [],
    });
  });

  it('without a value come back empty, not as a word', () => {
    expect(headersOf(headersText({none: null as never}))).toEqual({none: [Buffer.alloc(0)]});
  });

  it('are no text that a database refuses', () => {
    expect(headersText({'a\0b': Buffer.from([0])})).not.toContain('\0');
  });
});
