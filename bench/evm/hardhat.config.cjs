// A chain in memory whose blocks are made when they are asked for. The key is the hash of a name: src/evm/ethereum-tx.ts.
module.exports = {
  networks: {
    hardhat: {
      chainId: 31337,
      accounts: [{privateKey: process.env.BENCH_EVM_KEY, balance: '1000000000000000000000000'}],
      initialBaseFeePerGas: 0,
      mining: {auto: false, interval: 0, mempool: {order: 'fifo'}},
    },
  },
};
