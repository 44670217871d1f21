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
	Kin      Kin
}

// Kin is what the other records of a source say of one.
type Kin struct {
	// Turns counts the assistant turns, from the first on, that another record
	// holds and trains: here they are out of the loss.
	Turns int
	// Condensed says that the record goes on from a context that was cut: an
	// earlier record ends where it was.
	Condensed bool
	// SameID says that another record has its id, so that a digest of the content
	// is added to it; Copy counts those before it whose content is the same too.
	SameID bool
	Copy   int
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
	return fmt.Sprintf("%s:%d: %s", SpellPath(r.File), r.Line, r.Detail)
}

// Rejectf makes a Reject without a place; Source.Parse adds it.
func Rejectf(reason, detail string, args ...any) error {
	return &Reject{Reason: reason, Detail: fmt.Sprintf(detail, args...)}
}
