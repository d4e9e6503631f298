package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"

	dbm "github.com/cometbft/cometbft-db"
	"github.com/cometbft/cometbft/abci/types"
)

// The same verification as ledger-abci and nothing else of it: CheckTx verifies and remembers, blocks look up, a block's
// transactions are stored under their hashes in one synced batch.
type verifyingApp struct {
	types.BaseApplication
	verify  verify
	db      dbm.DB
	checked map[[32]byte]bool
	height  int64
	appHash []byte
	staged  [][]byte
}

func newVerifyingApp(dir string, verify verify) (*verifyingApp, error) {
	db, err := dbm.NewGoLevelDB("verified", dir)
	if err != nil {
		return nil, err
	}
	return &verifyingApp{verify: verify, db: db, checked: map[[32]byte]bool{}, appHash: make([]byte, 32)}, nil
}

func (app *verifyingApp) holds(bytes []byte) bool {
	name := sha256.Sum256(bytes)
	if known, ok := app.checked[name]; ok {
		return known
	}
	tx, err := parseTransaction(bytes)
	good := err == nil
	for _, s := range tx.signatures {
		good = good && app.verify(s.publicKey, tx.digest, s.bytes)
	}
	app.checked[name] = good
	return good
}

func (app *verifyingApp) Info(context.Context, *types.RequestInfo) (*types.ResponseInfo, error) {
	return &types.ResponseInfo{LastBlockHeight: app.height, LastBlockAppHash: app.appHash}, nil
}

func (app *verifyingApp) CheckTx(_ context.Context, request *types.RequestCheckTx) (*types.ResponseCheckTx, error) {
	if !app.holds(request.Tx) {
		return &types.ResponseCheckTx{Code: 1}, nil
	}
	return &types.ResponseCheckTx{}, nil
}

func (app *verifyingApp) ProcessProposal(
	_ context.Context, request *types.RequestProcessProposal,
) (*types.ResponseProcessProposal, error) {
	for _, tx := range request.Txs {
		if !app.holds(tx) {
			return &types.ResponseProcessProposal{Status: types.ResponseProcessProposal_REJECT}, nil
		}
	}
	return &types.ResponseProcessProposal{Status: types.ResponseProcessProposal_ACCEPT}, nil
}

func (app *verifyingApp) FinalizeBlock(
	_ context.Context, request *types.RequestFinalizeBlock,
) (*types.ResponseFinalizeBlock, error) {
	results := make([]*types.ExecTxResult, len(request.Txs))
	hash := sha256.New()
	hash.Write(app.appHash)
	for i, tx := range request.Txs {
		results[i] = &types.ExecTxResult{}
		if !app.holds(tx) {
			results[i].Code = 1
		}
		name := sha256.Sum256(tx)
		hash.Write(name[:])
	}
	app.staged, app.height, app.appHash = request.Txs, request.Height, hash.Sum(nil)
	return &types.ResponseFinalizeBlock{TxResults: results, AppHash: app.appHash}, nil
}

func (app *verifyingApp) Commit(context.Context, *types.RequestCommit) (*types.ResponseCommit, error) {
	batch := app.db.NewBatch()
	defer batch.Close()
	height := binary.BigEndian.AppendUint64(nil, uint64(app.height))
	for _, tx := range app.staged {
		name := sha256.Sum256(tx)
		if err := batch.Set(name[:], tx); err != nil {
			return nil, err
		}
		delete(app.checked, name)
	}
	if err := batch.Set([]byte("tip"), append(height, app.appHash...)); err != nil {
		return nil, err
	}
	return &types.ResponseCommit{}, batch.WriteSync()
}
