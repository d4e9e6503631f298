package main

import (
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// Whether a signature (64 bytes, low s) by a public key (33 bytes, compressed) over a digest (32 bytes) holds.
type verify func(publicKey, digest, signature []byte) bool

func verifier(kind string) (verify, error) {
	switch kind {
	case "c":
		if verifyByC == nil {
			return nil, fmt.Errorf("built without cgo")
		}
		return verifyByC, nil
	case "go":
		return verifyByGo, nil
	}
	return nil, fmt.Errorf("no verifier is called %s", kind)
}

// Set where there is a C compiler.
var verifyByC verify

func verifyByGo(publicKey, digest, signature []byte) bool {
	if len(publicKey) != 33 || len(digest) != 32 || len(signature) != 64 {
		return false
	}
	key, err := secp256k1.ParsePubKey(publicKey)
	if err != nil {
		return false
	}
	var r, s secp256k1.ModNScalar
	if r.SetByteSlice(signature[:32]) || s.SetByteSlice(signature[32:]) || s.IsOverHalfOrder() {
		return false
	}
	return ecdsa.NewSignature(&r, &s).Verify(digest, key)
}
