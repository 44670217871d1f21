package kubernetes

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"trainyard/launch"
)

var unfit = regexp.MustCompile(`[^a-z0-9]+`)

// maxName leaves room in a DNS label (63) for the "-NNN" of an indexed pod's host
// name.
const maxName = 58

// jobName is the name of an attempt's Job, which has to be a DNS label (RFC 1123).
// It follows from the directory alone. Ids of runs are random: a run's id and the
// number of the attempt are the same for all who share a ledger, wherever their
// directories lie. Any other directory is told apart by a digest of its path.
func jobName(dir string) string {
	run, isID := launch.RunOf(dir)
	if n := launch.AttemptOf(dir); n > 0 && isID {
		return fmt.Sprintf("ty-%s-a%d", run, n)
	}
	digest := sha256.Sum256([]byte(filepath.Clean(dir)))
	words := "-" + strings.Trim(unfit.ReplaceAllString(strings.ToLower(run+"-"+filepath.Base(dir)), "-"), "-")
	tail := "-" + hex.EncodeToString(digest[:8])
	return "ty" + strings.TrimRight(words[:min(len(words), maxName-len("ty")-len(tail))], "-") + tail
}
