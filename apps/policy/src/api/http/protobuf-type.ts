/** application/vnd.vitalvault.<name>.v1+protobuf */
export const protobufType = <const N extends string>(name: N) =>
  `application/vnd.vitalvault.${name}.v1+protobuf` as const;
