import {prometheusFamilies} from './prometheus-families.js';

const TEXT = `# HELP a_seconds Waits, "quoted".
# TYPE a_seconds histogram
a_seconds_count{route="/v1/{id}",code="200"} 2
a_seconds_bucket{route="x\\"y\\\\z\\n",le="+Inf"} 2

# a remark
# HELP b b
# TYPE b gauge
b -1.5e-7
`;

describe('prometheusFamilies', () => {
  it('reads families with their samples, labels and values', () => {
    expect(Object.fromEntries(prometheusFamilies(TEXT))).toEqual({
      a_seconds: {
        type: 'histogram',
        help: 'Waits, "quoted".',
        samples: [
          {name: 'a_seconds_count', labels: {route: '/v1/{id}', code: '200'}, value: 2},
          {name: 'a_seconds_bucket', labels: {route: 'x"y\\z\n', le: '+Inf'}, value: 2},
        ],
      },
      b: {type: 'gauge', help: 'b', samples: [{name: 'b', labels: {}, value: -1.5e-7}]},
    });
  });

  it.each([
    ['a sample of no family', 'c 1'],
    ['a value that is none', '# TYPE c gauge\nc one'],
    ['no value', '# TYPE c gauge\nc'],
    ['labels without quotes', '# TYPE c gauge\nc{a=1} 1'],
    ['the same sample twice', '# TYPE c gauge\nc{a="1"} 1\nc{a="1"} 2'],
  ])('refuses %s', (_what, text) => {
    expect(() => prometheusFamilies(text)).toThrow();
  });
});
