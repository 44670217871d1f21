package kubernetes

import (
	"bytes"
	"io"
)

// readerAt reads bytes that are in memory.
func readerAt(text []byte) io.ReaderAt { return bytes.NewReader(text) }

type closer struct{}

func (closer) Close() error { return nil }
