//go:build cgo

package main

import "github.com/ethereum/go-ethereum/crypto/secp256k1"

func init() {
	verifyByC = func(publicKey, digest, signature []byte) bool {
		return len(publicKey) == 33 && len(digest) == 32 && len(signature) == 64 &&
			secp256k1.VerifySignature(publicKey, digest, signature)
	}
}
