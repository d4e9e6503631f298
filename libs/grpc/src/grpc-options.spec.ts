import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import {grpcOptions} from './grpc-options.js';

describe('grpcOptions', () => {
  it('gives a connection no greatest age: @grpc/grpc-js 1 ends the calls that are under way on one that is too old', () => {
    const {options} = grpcOptions({services: [NotifyService], url: '127.0.0.1:0'});
    expect(Object.keys(options.channelOptions ?? {}).filter((name) => name.includes('connection_age'))).toEqual([]);
  });
});
