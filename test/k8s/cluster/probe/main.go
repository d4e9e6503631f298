// What the cluster is tried with: a server, and a client of names, services and files, as one static program.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	if len(os.Args) != 3 && len(os.Args) != 4 {
		fail("probe serve <address> | resolve <name> | get <url> | write <file> <text> | read <file>")
	}
	argument := os.Args[2]
	switch os.Args[1] {
	case "serve":
		http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "uid %d\n", os.Getuid()) })
		fail(http.ListenAndServe(argument, nil))
	case "resolve":
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		print(net.DefaultResolver.LookupHost(ctx, argument))
	case "get":
		client := http.Client{Timeout: 5 * time.Second}
		response, err := client.Get(argument)
		check(err)
		body, err := io.ReadAll(response.Body)
		print(string(body), err)
	case "write":
		check(os.WriteFile(argument, []byte(os.Args[3]), 0o660))
	case "read":
		text, err := os.ReadFile(argument)
		print(string(text), err)
	default:
		fail("unknown: " + os.Args[1])
	}
}

func print(result any, err error) {
	check(err)
	fmt.Println(result)
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(reason any) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(1)
}
