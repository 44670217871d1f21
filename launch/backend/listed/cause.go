package listed

import (
	"fmt"
	"io"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/files"
)

// maxCauseLog is how much of a log is searched for the cause of its end.
const maxCauseLog = 64 << 20

// findCause is what a log that lies here tells about a bad end.
func findCause(log string) (launch.Cause, error) {
	f, info, err := files.OpenRegular(log)
	if err != nil {
		return launch.Cause{}, err
	}
	defer f.Close()
	from := max(0, info.Size()-maxCauseLog)
	return launch.FindCause(io.NewSectionReader(f, from, maxCauseLog), launch.Redact)
}

// addCause is what a sentence about an exit code adds of the log. One that was killed did
// not know, so its last line is none.
func addCause(cause launch.Cause, code int) string {
	words := ""
	switch {
	case carry.Signal(code) == 9:
		return ""
	case cause.Text != "":
		words = "; its log has the error: " + cause.Text
	case cause.End != "":
		words = fmt.Sprintf("; the log ends with %q", cause.End)
	}
	if cause.Hint != "" {
		words += " (" + cause.Hint + ")"
	}
	return words
}
