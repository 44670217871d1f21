package format

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// completionName is how OpenHands names the log of one model call: the model
// and time.time(), in V1 four random digits after them.
var completionName = regexp.MustCompile(`-(\d{9,}(?:\.\d+)?)(?:-[0-9a-f]{4})?\.json(?:\.gz|\.zst)?$`)

// A unit is what is read as one: a file, or a folder of completion logs.
type unit struct {
	files  []File
	folder bool
}

// units groups the files of llm_completions folders, one unit per instance.
// For auto a folder is one when it lies in llm_completions or when all its
// files are named as such logs are.
func units(files []File, format string) []unit {
	var list []unit
	for start := 0; start < len(files); {
		end := start + 1
		for end < len(files) && filepath.Dir(files[end].Path) == filepath.Dir(files[start].Path) {
			end++
		}
		if run := files[start:end]; areCompletions(run, format) {
			list = append(list, unit{run, true})
		} else {
			for i := range run {
				list = append(list, unit{files: run[i : i+1]})
			}
		}
		start = end
	}
	return list
}

func areCompletions(files []File, format string) bool {
	if slices.ContainsFunc(files, func(f File) bool { return containerOf(f.Path) != jsonContainer }) {
		return false
	}
	switch {
	case format == completions.Name:
		return true
	case format != Auto:
		return false
	case filepath.Base(filepath.Dir(filepath.Dir(files[0].Path))) == "llm_completions":
		return true
	}
	return !slices.ContainsFunc(files, func(f File) bool { return !completionName.MatchString(f.Path) })
}

// A completion is one candidate for the trajectory of its folder.
type completion struct {
	file  File
	first [sha256.Size]byte // of the first message: whose conversation it is
	time  float64
}

// readFolder yields the conversation that a folder of cumulative logs ends
// on: the latest call by the time written inside it. Calls of other
// conversations that share the folder (a condenser's, a draft editor's) are
// told apart by their first message; the conversation with most calls wins.
// A folder with a file that cannot be read is one rejected record, for that
// file may be the last.
func (s *Source) readFolder(ctx context.Context, files []File, yield func(Record) error) error {
	r := &reader{ctx: ctx, max: s.maxRecord, yield: yield}
	var calls []completion
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.path = file.Path
		c, err := s.readCompletion(file)
		var broken *Reject
		if errors.As(err, &broken) {
			return r.reject(1, broken.Reason, "%s; this may be the end of its folder's trajectory, so the folder is left out", broken.Detail)
		}
		if err != nil {
			return err
		}
		calls = append(calls, c)
	}
	last := lastCall(calls)
	raw, err := s.readWhole(last.file)
	s.read.Add(-last.file.Size) // the second reading
	if err != nil {
		return err
	}
	r.path = last.file.Path
	return r.record(1, raw)
}

// lastCall picks the latest call of the conversation with most calls.
func lastCall(calls []completion) completion {
	count := map[[sha256.Size]byte]int{}
	for _, c := range calls {
		count[c.first]++
	}
	return slices.MaxFunc(calls, func(a, b completion) int {
		return cmp.Or(cmp.Compare(count[a.first], count[b.first]), cmp.Compare(a.time, b.time), cmp.Compare(a.file.Path, b.file.Path))
	})
}

// readCompletion reads the two things that a log is chosen by.
func (s *Source) readCompletion(file File) (completion, error) {
	raw, err := s.readWhole(file)
	if err != nil {
		return completion{}, err
	}
	start := skipSpace(raw, 0)
	if _, done := new(skipper).skip(raw[start:]); !done || raw[start] != '{' {
		return completion{}, reject(NotJSON, "the file does not hold one whole JSON object")
	}
	c := completion{file: file, time: loggedAt(raw, file.Path)}
	messages := find(raw, "fncall_messages")
	if len(messages) == 0 || messages[0] != '[' {
		messages = find(raw, "messages")
	}
	if len(messages) > 0 {
		start := skipSpace(messages, 1)
		n, _ := new(skipper).skip(messages[start:])
		c.first = sha256.Sum256(messages[start : start+n])
	}
	return c, nil
}

// loggedAt is the time written in the log, else the one in its name.
func loggedAt(raw []byte, path string) float64 {
	if t, err := strconv.ParseFloat(string(find(raw, "timestamp")), 64); err == nil {
		return t
	}
	if m := completionName.FindStringSubmatch(path); m != nil {
		t, _ := strconv.ParseFloat(m[1], 64)
		return t
	}
	return 0
}

// readWhole reads a file of one record.
func (s *Source) readWhole(file File) ([]byte, error) {
	f, err := os.Open(file.Path)
	if err != nil {
		return nil, fmt.Errorf("read source: %w", err)
	}
	defer f.Close()
	in, closeIn, err := decompress(counted{f, &s.read})
	if err != nil {
		return nil, damage(err)
	}
	defer closeIn()
	raw, err := io.ReadAll(io.LimitReader(in, s.maxRecord+1))
	switch {
	case err != nil:
		return nil, damage(err)
	case int64(len(raw)) > s.maxRecord:
		return nil, reject(TooLarge, "a record over %d bytes is skipped", s.maxRecord)
	case len(raw) == 0:
		return nil, reject(EmptyFile, "the file holds no record")
	}
	return raw, nil
}
