// The references in Go: CometBFT's own kvstore and an application that verifies our signatures, both behind the socket
// that ledger-abci listens on, and the speed of the two verifiers on one core.
//
//	bench-go serve kvstore|c|go <socket> <dir>
//	bench-go verify c|go <file>    lines of public key, digest and signature in hex; prints verifications a second
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/cometbft/cometbft/abci/example/kvstore"
	"github.com/cometbft/cometbft/abci/server"
	"github.com/cometbft/cometbft/abci/types"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 4 && args[0] == "serve":
		return serve(args[1], args[2], args[3])
	case len(args) == 3 && args[0] == "verify":
		return measure(args[1], args[2])
	}
	return fmt.Errorf("usage: bench-go serve kvstore|c|go <socket> <dir>, or verify c|go <file>")
}

func serve(kind, socket, dir string) error {
	app, err := application(kind, dir)
	if err != nil {
		return err
	}
	listener := server.NewSocketServer("unix://"+socket, app)
	if err := listener.Start(); err != nil {
		return err
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
	return listener.Stop()
}

func application(kind, dir string) (types.Application, error) {
	if kind == "kvstore" {
		return kvstore.NewPersistentApplication(dir), nil
	}
	verify, err := verifier(kind)
	if err != nil {
		return nil, err
	}
	return newVerifyingApp(dir, verify)
}
