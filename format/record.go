package format

import "fmt"

// A Record is one trajectory-to-be as its file holds it, before any dialect
// has looked at it.
type Record struct {
	File string // the path it came from
	// Line is where it stands: the 1-based line, array element or Parquet row;
	// 1 where the file is the record.
	Line int
	// Raw is the record's JSON. It is valid until yield returns: workers copy it.
	Raw []byte
	// Err is a *Reject when the record could not be read; Raw is nil then.
	Err error

	Instance string // Input.Instance
}

// A Reject is why one record did not become a trajectory or a chat.
type Reject struct {
	File   string
	Line   int
	Reason string // one of the constants above
	Detail string // for people: what stood where, and the way out
}

func (r *Reject) Error() string {
	if r.File == "" {
		return r.Detail
	}
	return fmt.Sprintf("%s:%d: %s", r.File, r.Line, r.Detail)
}

// Rejectf makes a Reject without a place; Source.Parse adds it.
func Rejectf(reason, detail string, args ...any) error {
	return &Reject{Reason: reason, Detail: fmt.Sprintf(detail, args...)}
}
