package mix

import (
	"os"

	"trainyard/format/durable"
)

// lockFile takes a lock that ends with the process. The holder removes the file
// before it lets go, so a lock on a file that is no longer the one at path is
// none: that is durable.ErrLocked too.
func lockFile(path string) (*os.File, error) {
	f, err := durable.Lock(path, 0o644)
	if err != nil {
		return nil, err
	}
	if !isAt(f, path) {
		f.Close()
		return nil, durable.ErrLocked
	}
	return f, nil
}

func isAt(f *os.File, path string) bool {
	here, err := f.Stat()
	there, err2 := os.Stat(path)
	return err == nil && err2 == nil && os.SameFile(here, there)
}
