// Command pack builds the agents of a release: `go run ./launch/backend/attempt/binary/internal/pack`
// at the root of the module, before `go build -tags agents ./cmd/trainyard`.
package main

import (
	"context"
	"fmt"
	"os"

	"trainyard/launch/backend/attempt/binary"
)

func main() {
	if err := binary.Pack(context.Background(), ".", "launch/backend/attempt/binary/embedded"); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}
