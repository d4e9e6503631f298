package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"
)

func measure(kind, file string) error {
	verify, err := verifier(kind)
	if err != nil {
		return err
	}
	input, err := os.Open(file)
	if err != nil {
		return err
	}
	defer input.Close()
	var triples [][3][]byte
	for lines := bufio.NewScanner(input); lines.Scan(); {
		var triple [3][]byte
		for i, part := range strings.Fields(lines.Text()) {
			if triple[i], err = hex.DecodeString(part); err != nil {
				return err
			}
		}
		triples = append(triples, triple)
	}
	start := time.Now()
	for _, triple := range triples {
		if !verify(triple[0], triple[1], triple[2]) {
			return fmt.Errorf("a good signature does not hold")
		}
	}
	fmt.Println(float64(len(triples)) / time.Since(start).Seconds())
	return nil
}
