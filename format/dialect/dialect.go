package dialect

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// Auto is the format that looks at each record to find its dialect.
const Auto = "auto"

// A Dialect reads one way of writing trajectories down.
type Dialect struct {
	Name    string // the registry's key
	Summary string // one line for lists
	Limits  string // what it does not read; empty where nothing is known
	lists   bool   // a record may be an array as well as an object
	claim   func(format.Record, pyjson.Value) claim
	parse   func(format.Record, pyjson.Value) (*format.Trajectory, error)
	// opens says that a line is one of those a session file starts with: the
	// whole file is then one record (see session.go). Nil where every line is
	// a record. resets says that the model's context was replaced at a line.
	opens, resets func(line pyjson.Value) bool
	// remembers makes, for one file, a resets that needs the lines before.
	remembers func() func(line pyjson.Value) bool
	// repeats says that a record of a source may hold another: a resumed
	// session, a log of requests that grow (see kinship.go).
	repeats bool
	// text reads the text protocol that stands beside the structure; nil where
	// there never is one.
	text func(pyjson.Value) (*format.Trajectory, error)
}

// A claim is how sure a dialect is that a record is its own. The highest
// claim wins; two equal ones are an ambiguity the user must settle.
type claim int

const (
	notMine   claim = iota
	bySharing       // the shape is one that several scaffolds write
	byShape         // the combination of members is this dialect's own
	byMarker        // the record names its format
)

// Dialects holds every dialect by name. Adding one is a file and a line.
var Dialects = map[string]Dialect{
	"adp":                   adp,
	"anthropic":             anthropic,
	"atif":                  atif,
	"claude-code":           claudeCode,
	"cline":                 cline,
	"codex":                 codex,
	"dataclaw":              dataclaw,
	"gemini-cli":            geminiCLI,
	"mini-swe-agent":        mini,
	"ms-swift":              swift,
	"nebius-openhands":      nebiusOpenHands,
	"nebius-swe-agent":      nebius,
	"openai":                openai,
	"openhands":             openhands,
	"openhands-completions": completions,
	"openhands-sdk":         openhandsSDK,
	"pi":                    pi,
	"qwen-code":             qwenCode,
	"r2e-gym":               r2egym,
	"sharegpt":              sharegpt,
	"swe-chat":              swechat,
	"swe-smith":             swesmith,
	"swe-star":              swestar,
	"swe-zero":              swezero,
	"sweagent":              sweagent,
}

// Names lists the dialects in alphabetical order.
func Names() []string { return slices.Clone(names()) }

// names are Names for the many records that are asked for their dialect.
var names = sync.OnceValue(func() []string { return slices.Sorted(maps.Keys(Dialects)) })

// ParseRecord indexes a record and hands it to the named dialect or, for
// auto, to the one that claims it.
func ParseRecord(formatName string, rec format.Record) (*format.Trajectory, error) {
	var t *format.Trajectory
	err := pyjson.WithIndex(rec.Raw, func(root pyjson.Value) (err error) {
		if t, err = parseValue(formatName, rec, root); err != nil {
			return cmp.Or(refuseReport(rec, root), err)
		}
		return nil
	})
	if err != nil {
		return nil, located(err, rec)
	}
	return t, nil
}

func parseValue(format string, rec format.Record, root pyjson.Value) (*format.Trajectory, error) {
	if err := refuseComparison(root); err != nil {
		return nil, err
	}
	d, err := choose(format, rec, root)
	if err != nil {
		return nil, err
	}
	t, err := d.read(rec, root)
	if err != nil {
		return nil, err
	}
	noteReplaced(t, d, rec)
	spellIDs(t)
	t.Format, t.Places, t.File, t.Line = d.Name, root.Places(), rec.File, rec.Line
	return t, complete(t)
}

// read parses a record and brings what all dialects share in order.
func (d Dialect) read(rec format.Record, root pyjson.Value) (*format.Trajectory, error) {
	t, err := d.parse(rec, root)
	if err != nil {
		return nil, err
	}
	mend(t)
	var padded bool
	if t.Tools, padded = api.WithoutPadding(t.Tools); padded {
		t.Note(format.NotePadding)
	}
	return t, refuseMedia(t, root)
}

// ParseText reads the text side of a record that holds its conversation twice,
// with calls as structure and as the text that the model saw, which is what
// style.LearnToolPrompt compares. Its error is a *format.Reject.
func ParseText(formatName string, rec format.Record) (t *format.Trajectory, err error) {
	err = pyjson.WithIndex(rec.Raw, func(root pyjson.Value) error {
		d, err := choose(formatName, rec, root)
		if err == nil && d.text == nil {
			err = format.Rejectf(format.NoMessages, "a record of format %s holds no second, textual side", d.Name)
		}
		if err != nil {
			return err
		}
		if t, err = d.text(root); err != nil {
			return err
		}
		return complete(t)
	})
	if err != nil {
		return nil, located(err, rec)
	}
	return t, nil
}

// located turns any failure to parse into a Reject that says where.
func located(err error, rec format.Record) error {
	var syntax *pyjson.SyntaxError
	if errors.As(err, &syntax) {
		err = format.Rejectf(format.NotJSON, "not JSON: %v", syntax)
	}
	var r *format.Reject
	if !errors.As(err, &r) {
		r = &format.Reject{Reason: format.BadMessage, Detail: err.Error()}
	}
	placed := *r
	placed.File, placed.Line = rec.File, rec.Line
	return &placed
}

func choose(formatName string, rec format.Record, root pyjson.Value) (Dialect, error) {
	if kind := root.Kind(); kind != pyjson.KindObject && (kind != pyjson.KindArray || formatName != Auto && !Dialects[formatName].lists) {
		return Dialect{}, format.Rejectf(format.UnknownFormat, "a record is a JSON object, this is %s", kind)
	}
	if formatName != Auto {
		return Dialects[formatName], nil
	}
	var best claim
	var claimants []string
	for _, name := range names() {
		c := Dialects[name].claim(rec, root)
		if c > best {
			best, claimants = c, nil
		}
		if c == best && c > notMine {
			claimants = append(claimants, name)
		}
	}
	switch len(claimants) {
	case 0:
		return Dialect{}, format.Rejectf(format.UnknownFormat, "no format recognises a record with %s; name one (format: in the recipe, --format on the command line; trainyard list formats)", describeKeys(root))
	case 1:
		return Dialects[claimants[0]], nil
	}
	return Dialect{}, format.Rejectf(format.Ambiguous, "the record could be %s; name one (format: in the recipe, --format on the command line)", strings.Join(claimants, " or "))
}

// describeKeys names the members a person would recognise a record by.
func describeKeys(root pyjson.Value) string {
	if root.Kind() == pyjson.KindArray {
		return "no members, for it is an array"
	}
	keys := root.Keys()
	if len(keys) == 0 {
		return "no members"
	}
	const shown = 5
	more := ""
	if len(keys) > shown {
		more = fmt.Sprintf(" and %d more", len(keys)-shown)
		keys = keys[:shown]
	}
	for i, key := range keys {
		keys[i] = fmt.Sprintf("%q", pyjson.Clip(key))
	}
	return "the members " + strings.Join(keys, ", ") + more
}
