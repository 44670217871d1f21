package mix

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"trainyard/format"
	"trainyard/format/container"
	"trainyard/mix/dedup"
)

// A Decontamination says which benchmarks must not be trained on.
type Decontamination struct {
	Files []string // as the recipe spells them, read by Config.ReadFile
	By    []string // of DecontaminationRules; empty: all that the files can serve
}

// The rules by which a trajectory counts as contaminated.
const (
	ByInstance = "instance" // it is a rollout on an instance of the benchmark
	ByRepo     = "repo"     // or in a repository of it
	ByNgram    = "ngram"    // it holds thirteen words in a row of a statement
	ByPatch    = "patch"    // the agent wrote the lines that a solution adds
)

// DecontaminationRules lists them, in the order in which an outcome names them.
var DecontaminationRules = []string{ByInstance, ByRepo, ByNgram, ByPatch}

// serves are the members of a benchmark's row that a rule needs one of.
var serves = map[string][]string{
	ByInstance: {"instance_id", "org and number"},
	ByRepo:     {"repo", "instance_id"},
	ByNgram:    {"problem_statement"},
	ByPatch:    {"patch", "fix_patch"},
}

func (d *Decontamination) check() error {
	for _, rule := range d.By {
		if !slices.Contains(DecontaminationRules, rule) {
			return fmt.Errorf("prepare: no rule of decontamination %q", rule)
		}
	}
	return nil
}

// A benchmark is what the files of a decontamination hold.
type benchmark struct {
	by         []string
	instances  []benchmarked
	byID       map[string]int32 // normal id -> instance
	byRepo     map[string]int32 // normal name -> the first instance; the name without owner too
	grams      *dedup.Grams     // statements are numbered as instances, and so are solutions
	patches    *dedup.Patches
	seen       map[string]bool // members of rows that were met
	unsearched int             // instances without a gram
}

// A benchmarked is one instance.
type benchmarked struct{ id, repo, file string }

func (b *benchmarked) String() string { return b.id + " (" + b.file + ")" }

// A benchmarkRow is a row of SWE-bench and its family; Multi-SWE-bench writes
// org, repo and number, and fix_patch.
type benchmarkRow struct {
	ID        string          `json:"instance_id"`
	Org       string          `json:"org"`
	Repo      string          `json:"repo"`
	Number    json.RawMessage `json:"number"`
	Statement string          `json:"problem_statement"`
	Patch     string          `json:"patch"`
	Fix       string          `json:"fix_patch"`
}

// readBenchmark reads the files; nil where the recipe names none.
func readBenchmark(ctx context.Context, d Decontamination, files *companions) (*benchmark, error) {
	if len(d.Files) == 0 {
		return nil, nil
	}
	b := &benchmark{byID: map[string]int32{}, byRepo: map[string]int32{}, grams: dedup.NewGrams(), patches: dedup.NewPatches(), seen: map[string]bool{}}
	var faults []error
	for _, file := range d.Files {
		raw, err := files.read(file)
		if err == nil {
			err = b.readFile(ctx, file, raw)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("decontaminate: %w", err))
		}
	}
	if len(faults) == 0 {
		faults = append(faults, b.rules(d))
	}
	return b, errors.Join(faults...)
}

// rules sets those in force. One that is asked for and that no file can serve
// is a fault; unasked, it is left out.
func (b *benchmark) rules(d Decontamination) error {
	for _, rule := range DecontaminationRules {
		served := slices.ContainsFunc(serves[rule], func(name string) bool { return b.seen[name] })
		switch asked := slices.Contains(d.By, rule); {
		case asked && !served:
			return fmt.Errorf("decontaminate: by %s needs %s, and the rows of %s have %s", rule,
				strings.Join(serves[rule], " or "), strings.Join(d.Files, ", "), strings.Join(slices.Sorted(maps.Keys(b.seen)), ", "))
		case served && (asked || len(d.By) == 0):
			b.by = append(b.by, rule)
		}
	}
	return nil
}

// readFile reads JSON lines, a JSON list, Parquet, or ids, one a line.
func (b *benchmark) readFile(ctx context.Context, file string, raw []byte) error {
	text := bytes.TrimPrefix(raw, []byte("\ufeff")) // a mark that editors leave
	first := bytes.TrimSpace(text)
	if container.KindOf(file) == container.Unknown && !bytes.ContainsAny(first[:min(len(first), 1)], `{["`) {
		return b.readIDs(file, text)
	}
	feed := container.Feed{Max: 1 << 30}
	return feed.ReadBytes(ctx, file, raw, func(rec format.Record) error {
		if rec.Err != nil {
			return rec.Err
		}
		row, err := b.row(rec.Raw)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", file, rec.Line, err)
		}
		b.add(file, row)
		return nil
	})
}

// readIDs takes a file of ids, one a line.
func (b *benchmark) readIDs(file string, raw []byte) error {
	n := 0
	for line := range strings.Lines(string(raw)) {
		n++
		id := strings.TrimSpace(line)
		if strings.ContainsAny(id, " ,\t\r;{}\x00") || len(id) > maxID {
			return fmt.Errorf("%s:%d: %.60q is neither a row nor an id (rows are %s; ids stand alone on their lines)", file, n, id, wantedRows)
		}
		if id != "" {
			b.add(file, benchmarkRow{ID: id})
		}
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return fmt.Errorf("%s: the file is empty", file)
	}
	b.seen["instance_id"] = true
	return nil
}

// maxID is longer than any id of a benchmark; lines that end in \r alone are one.
const maxID = 1000

const wantedRows = "JSON or Parquet with instance_id, and repo, problem_statement and patch where there are any"

// row reads one row, or an id of a list of ids.
func (b *benchmark) row(raw []byte) (row benchmarkRow, err error) {
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &row.ID); err != nil || row.ID == "" {
			return row, fmt.Errorf("%s is no id", raw)
		}
		b.seen["instance_id"] = true
		return row, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return row, fmt.Errorf("%.60q is no row of a benchmark (%s)", raw, wantedRows)
	}
	if err := json.Unmarshal(raw, &row); err != nil {
		return row, fmt.Errorf("no row of a benchmark: %w", err)
	}
	if number := strings.Trim(string(row.Number), `"`); row.ID == "" && row.Org != "" && row.Repo != "" && number != "" {
		row.ID, row.Repo = row.Org+"/"+row.Repo+":pr-"+number, row.Org+"/"+row.Repo
		b.seen["org and number"] = true
	}
	names := slices.Sorted(maps.Keys(members))
	if row.ID == "" {
		return row, fmt.Errorf("no row of a benchmark: it has no instance_id, and has %s (%s)", strings.Join(names, ", "), wantedRows)
	}
	for _, name := range names {
		b.seen[name] = true
	}
	return row, nil
}

// add takes one instance. That of a file before it, as of Verified after the
// whole, adds nothing.
func (b *benchmark) add(file string, row benchmarkRow) {
	id := format.NormalInstance(row.ID)
	if _, met := b.byID[id]; met {
		return
	}
	n := int32(len(b.instances))
	repo := format.NormalRepo(row.Repo)
	if repo == "" {
		repo = format.NormalRepo(format.RepoOfInstance(row.ID))
	}
	b.instances, b.byID[id] = append(b.instances, benchmarked{row.ID, repo, file}), n
	for _, name := range []string{repo, repo[strings.LastIndexByte(repo, '/')+1:]} {
		if _, met := b.byRepo[name]; !met && name != "" {
			b.byRepo[name] = n
		}
	}
	if b.grams.Add(n, row.Statement) == 0 {
		b.unsearched++
	}
	b.patches.Add(row.Patch + row.Fix)
}

// untold counts what the rules in force look for in vain.
func (b *benchmark) untold() (u Untold) {
	if b.has(ByNgram) {
		u.Statements = b.unsearched
	}
	for n := range b.instances {
		if b.has(ByPatch) && b.patches.Lines(int32(n)) == 0 {
			u.Patches++
		}
	}
	return u
}

// repos counts the repositories.
func (b *benchmark) repos() int {
	names := map[string]bool{}
	for _, i := range b.instances {
		names[i.repo] = true
	}
	delete(names, "")
	return len(names)
}

func (b *benchmark) has(rule string) bool { return slices.Contains(b.by, rule) }

// Untold counts the instances that a rule in force cannot find.
type Untold struct {
	Statements int `json:"statements,omitempty"` // none, or of fewer than thirteen words, or the same few again and again
	Patches    int `json:"patches,omitempty"`    // none, or their added lines all say too little
}

func quoted(text string, limit int) string {
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return strconv.Quote(text)
}
