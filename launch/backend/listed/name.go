package listed

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"

	"trainyard/launch"
)

// Prefix begins the names of all our jobs.
const Prefix = "ty-"

// JobName follows from an attempt's directory: run and number, which are the same for
// all who share a ledger, or for other directories a digest of the path. It fits a DNS
// label of 46 characters, the shortest that a service takes.
func JobName(dir string) string {
	run, isID := launch.RunOf(dir)
	if n := launch.AttemptOf(dir); n > 0 && isID {
		return fmt.Sprintf("%s%s-a%d", Prefix, run, n)
	}
	digest := sha256.Sum256([]byte(filepath.Clean(dir)))
	return Prefix + hex.EncodeToString(digest[:16])
}

// there is the attempt's directory where it runs.
func (b *Backend) there(dir string) string {
	run, isID := launch.RunOf(dir)
	if run == rehearsed || isID {
		return path.Join(b.Runs, run, filepath.Base(dir))
	}
	return path.Join(b.Runs, JobName(dir))
}

// rehearsed stands for a run's id where nothing is started.
const rehearsed = "RUN"
