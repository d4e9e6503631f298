package main

import (
	"crypto/sha256"
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

type signature struct {
	alg       uint64
	publicKey []byte
	bytes     []byte
}

// The signatures of one of our transactions and what they sign, docs/protocol.md §4.1.
type transaction struct {
	digest     []byte
	signatures []signature
}

var errNotOurs = errors.New("no transaction of ours")

func parseTransaction(bytes []byte) (transaction, error) {
	var body []byte
	var tx transaction
	err := eachField(bytes, func(number protowire.Number, value []byte, _ uint64) error {
		if number == 1 {
			body = value
			return nil
		}
		signature, err := parseSignature(value)
		tx.signatures = append(tx.signatures, signature)
		return err
	})
	if err != nil || body == nil || len(tx.signatures) == 0 {
		return tx, errNotOurs
	}
	parts := [][]byte{body}
	for _, s := range tx.signatures {
		parts = append(parts, tagged("key", []byte{byte(s.alg)}, s.publicKey)[:20])
	}
	tx.digest = tagged("tx", parts...)
	return tx, nil
}

func parseSignature(bytes []byte) (signature, error) {
	var s signature
	err := eachField(bytes, func(number protowire.Number, value []byte, n uint64) error {
		switch number {
		case 1:
			s.alg = n
		case 2:
			s.publicKey = value
		case 3:
			s.bytes = value
		}
		return nil
	})
	return s, err
}

func eachField(bytes []byte, take func(protowire.Number, []byte, uint64) error) error {
	for len(bytes) > 0 {
		number, kind, n := protowire.ConsumeTag(bytes)
		if n < 0 {
			return errNotOurs
		}
		bytes = bytes[n:]
		var value []byte
		var integer uint64
		switch kind {
		case protowire.BytesType:
			value, n = protowire.ConsumeBytes(bytes)
		case protowire.VarintType:
			integer, n = protowire.ConsumeVarint(bytes)
		default:
			return errNotOurs
		}
		if n < 0 {
			return errNotOurs
		}
		bytes = bytes[n:]
		if err := take(number, value, integer); err != nil {
			return err
		}
	}
	return nil
}

func tagged(tag string, parts ...[]byte) []byte {
	hash := sha256.New()
	hash.Write([]byte("vitalvault/v1/" + tag + "\x00"))
	for _, part := range parts {
		hash.Write(part)
	}
	return hash.Sum(nil)
}
