package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// mayImport says which packages of the project a package may import. Where a row
// is wider than the layers ask for, the reason stands with it.
var mayImport = map[string][]string{
	"format":           {"format/pyjson"},
	"format/pyjson":    {},
	"format/secret":    {},
	"format/api":       {"format", "format/pyjson"},
	"format/protocol":  {"format", "format/api", "format/pyjson"},
	"format/behaviour": {"format", "format/protocol", "format/secret", "format/pyjson"},
	"format/style":     {"format", "format/protocol", "format/pyjson"},

	// What a file of the disk is, and how one is written that is whole whatever
	// dies, live once. Both rooms import nothing, so that every room that opens or
	// writes a file may import them.
	"format/regular":   {},
	"format/durable":   {},
	"format/container": {"format/regular", "format", "format/pyjson"},
	// How evaluations spell verdicts lives once: who accepts trajectories reads reports,
	// and so does launch, which may not know what a trajectory is.
	"format/verdict":  {"format/pyjson"},
	"format/evidence": {"format/regular", "format", "format/behaviour", "format/pyjson", "format/verdict"},
	// Policies about the loss ask what a turn did, and expressions of theirs are
	// compiled in the room that has the language.
	"format/loss":    {"format", "format/behaviour", "format/evidence"},
	"format/edit":    {"format/regular", "format", "format/behaviour", "format/protocol", "format/secret", "format/pyjson"},
	"format/dialect": {"format/regular", "format", "format/api", "format/container", "format/evidence", "format/pyjson"},

	"tokenize":         {"tokenize/unicode"},
	"tokenize/unicode": {},
	"tokenize/chat":    {"tokenize", "format", "format/pyjson"},

	// A Config of mix says what to open, judge, edit and learn from in the words of
	// those rooms, and the manifest counts flags by behaviour's. The files of a
	// benchmark are rows in containers, and no trajectories.
	"mix": {"format/durable", "format/regular", "mix/cache", "mix/convert", "mix/sample", "mix/shard", "format", "format/behaviour", "format/dialect", "format/edit", "format/evidence", "format/protocol", "format/loss", "mix/dedup", "format/container", "mix/pack", "tokenize/chat"},
	// The road counts with the tokenizer of its template, and asks pack what fits into
	// the window.
	"mix/convert": {"format/regular", "tokenize", "tokenize/chat", "format", "format/dialect", "format/edit", "format/evidence", "format/loss", "format/protocol", "format/style", "mix/pack"},
	"mix/pack":    {},
	"mix/sample":  {},
	// The cache goes by what a file of the disk is; what it keeps are bytes.
	"mix/cache": {"format", "format/durable"},
	// Texts in, pairs out: what a conversation is, and what is counted of it, is
	// for mix to say.
	"mix/dedup": {},
	// A report judges the calls of rows and blots out what looks like a credential.
	"mix/report": {"format/behaviour", "format/durable", "format/regular", "format/secret", "format", "mix", "mix/sample", "mix/shard"},
	// A shard's footer is sealed and checked by the room that reads Parquet.
	"mix/shard": {"format/container", "format/regular", "tokenize/chat"},

	// Rows of messages are tokenised, and rows of tokens read back into turns.
	"mix/export": {"mix", "mix/shard", "format", "format/durable", "tokenize/chat"},

	"launch": {"launch/cause", "launch/database", "launch/fetch", "launch/files", "launch/redact", "launch/result", "launch/task", "format/durable"},
	// Reports of evaluations are JSON as Python writes it, with verdicts as evidence has
	// them; what is read is kept by the ledger.
	"launch/result": {"format/pyjson", "format/regular", "format/verdict"},
	// What the launcher and the agent on a box both need: the agent has no ledger.
	"launch/database": {"launch/files"}, // of a ledger's file, and the lock beside it
	"launch/task":     {"launch/redact"},
	"launch/redact":   {"format/secret"},
	"launch/cause":    {"launch/redact"},
	"launch/files":    {"format/durable", "format/regular", "launch/task"}, // durable and regular as the files of runs need them
	"launch/trainer":  {"launch"},
	// Locks are embedded text; a plan's files are those of a task. What builds an
	// environment is in the agent, which has neither the locks nor the ledger; what
	// provides one brings uv as files of a dataset are brought.
	"launch/env":         {"launch/env/build", "launch/redact", "launch/task"},
	"launch/bucket":      {}, // objects in S3, whatever for
	"launch/env/build":   {"format/durable", "launch/files", "launch/redact", "launch/task"},
	"launch/env/provide": {"format/durable", "launch/backend/attempt", "launch/env", "launch/env/build", "launch/stage", "launch/task"},
	// What a run would come to is arithmetic on the job, its trainer's division of the
	// batch, and the model's dimensions.
	"launch/preflight":              {"launch", "launch/estimate", "launch/files", "launch/trainer"},
	"launch/backend":                {"launch", "launch/backend/local", "launch/backend/ssh", "launch/backend/attempt/binary", "launch/backend/rented", "launch/provider", "launch/backend/slurm", "launch/backend/hfjobs", "launch/backend/kubernetes", "launch/backend/skypilot"},
	"launch/backend/rented":         {"launch", "launch/backend/attempt", "launch/backend/local", "launch/backend/session", "launch/backend/ssh", "launch/bucket", "launch/env", "launch/fetch", "launch/files", "launch/provider", "launch/redact", "launch/remote", "format/durable"}, // local: what was brought home is read here; remote: what its error of a box out of reach is called
	"launch/backend/ssh":            {"launch", "launch/backend/attempt", "launch/backend/session", "launch/bucket", "launch/env", "launch/env/build", "launch/env/provide", "launch/files", "launch/remote", "launch/stage", "launch/task"},
	"launch/backend/session":        {"launch/backend/attempt", "launch/remote", "launch/task"},                  // the box protocol over ssh
	"launch/stage":                  {"launch/backend/attempt", "launch/files", "launch/task", "format/durable"}, // durable: the lock by which processes take turns
	"launch/fetch":                  {"launch/files", "launch/task"},
	"launch/backend/local":          {"launch", "launch/backend/attempt"},
	"launch/backend/attempt/agent":  {"launch/backend/attempt", "launch/backend/carry/inside", "launch/backend/slurm/node", "launch/env/build"},
	"launch/backend/attempt/binary": {"format/durable"}, // the agent as a file: it builds it and does not link it
	// A login node is a machine of attempt, over a session; node runs in the job, on the
	// side of the agent, and so without launch.
	"launch/backend/slurm":      {"launch", "launch/backend/attempt", "launch/backend/session", "launch/backend/slurm/node", "launch/remote", "launch/stage"},
	"launch/backend/slurm/node": {"launch/backend/attempt", "launch/files", "launch/task"},
	// The agent is made of this: it may not reach the ledger, so it may not import launch.
	"launch/backend/attempt":     {"format/durable", "launch/cause", "launch/files", "launch/redact", "launch/task"},
	"launch/export":              {"format/durable", "launch/sheet"},
	"launch/alert":               {"launch", "launch/files", "launch/redact"},
	"launch/remote":              {"launch/redact"}, // another machine and a shell on it, whatever for; what it says may hold secrets
	"launch/estimate":            {},                // arithmetic on its arguments
	"launch/stats":               {},                // likewise
	"launch/sheet":               {},                // likewise
	"launch/backend/backendtest": {"launch", "launch/files"},

	// What is copied from a cluster or a service is locked and synced as the files of
	// runs are.
	"launch/backend/carry":  {"launch", "launch/files"},
	"launch/backend/listed": {"format/durable", "launch", "launch/backend/carry", "launch/files"},
	// inside is at the other end of what is carried, on the side of the agent, and so without
	// launch; an order and a warning are those of the box protocol.
	"launch/backend/carry/inside": {"launch/backend/attempt", "launch/files", "launch/redact", "launch/task"},
	"launch/backend/kubernetes":   {"format/durable", "launch", "launch/backend/attempt", "launch/backend/carry", "launch/backend/carry/inside", "launch/files"},
	"launch/backend/skypilot":     {"launch", "launch/backend/carry", "launch/backend/listed", "launch/files"},
	"launch/backend/hfjobs":       {"launch", "launch/backend/carry", "launch/backend/listed"},
	// Errors of providers are redacted as logs of trainers are; the journal of rentals
	// is files that are whole whatever dies, under locks that end with their holder.
	"launch/provider":              {"launch/redact", "launch/files", "launch/price", "format/durable"},
	"launch/provider/providertest": {"launch/provider"},
	"launch/price":                 {}, // arithmetic on its arguments

	// A sweep says on which benchmarks its cells are judged, in the spelling of results.
	"recipes":         {"format/regular", "format", "format/dialect", "format/edit", "format/evidence", "format/loss", "format/protocol", "format/style", "tokenize/chat", "mix", "mix/sample", "mix/shard", "launch", "launch/result", "launch/trainer", "launch/sweep", "mix/convert", "mix/pack"},
	"recipes/samples": {},
	// Cells are judged by the runs that they have; a sweep block says the rules.
	"launch/sweep": {"launch"},

	// The yard opens the config.json of a checkpoint, which may be anything.
	"cmd/trainyard/yard": {"launch/price", "launch/provider", "format", "format/behaviour", "format/dialect", "format/edit", "format/evidence", "format/protocol", "format/style", "tokenize", "tokenize/chat", "format/durable", "mix", "mix/cache", "mix/report", "mix/sample", "mix/shard", "launch", "launch/trainer", "launch/backend", "recipes", "recipes/samples", "launch/alert", "launch/export", "launch/estimate", "format/regular", "format/loss", "mix/export", "mix/convert", "mix/pack", "launch/env", "launch/preflight", "launch/fetch", "launch/result", "launch/bucket", "launch/sweep", "launch/stats", "launch/sheet"},
	// The progress line shows a mix.Progress, the yard's own word for it. No error on a
	// terminal has a secret, whichever program's words it repeats.
	"cmd/trainyard/face": {"launch/redact", "mix"},
	// The smallest trainer there is reads shards as trainers do.
	"cmd/trainyard/smoke": {"format", "format/durable", "mix", "mix/shard", "tokenize", "tokenize/chat"},
	// The command line is a face on the yard. accept, convert, inspect, tokens and
	// tools look at single records, which the yard has no function for: they walk
	// the road themselves. supervise is the program a local run is watched by.
	"cmd/trainyard": {"launch/provider", "cmd/trainyard/face", "cmd/trainyard/smoke", "cmd/trainyard/yard", "format", "format/api", "format/behaviour", "format/container", "format/dialect", "format/evidence", "format/protocol", "format/pyjson", "format/regular", "format/style", "launch", "launch/alert", "launch/backend", "launch/backend/local", "launch/backend/slurm/node", "launch/estimate", "mix", "mix/convert", "mix/report", "mix/shard", "recipes", "tokenize", "tokenize/chat", "mix/export", "launch/preflight", "launch/stage", "launch/sweep", "launch/stats", "launch/sheet"},
}

// forTests are packages that only tests import: they tie rooms together.
var forTests = []string{"format/formattest", "format/goldentest", "format/durable/disktest", "launch/database/postgrestest", "launch/remote/boxtest", "launch/bucket/buckettest", "launch/sweep/sweeptest"}

// doors says where a library may be imported: everything else goes through
// the package that owns it. A library with two doors has the reason beside it.
var doors = map[string][]string{
	"encoding/csv":                       {"launch/sheet", "format/verdict/table.go"}, // one writes, so that no cell is a formula; one reads graders' tables
	"github.com/spf13/viper":             {"cmd/trainyard/settings.go"},
	"github.com/spf13/cobra":             {"cmd/trainyard"},
	"github.com/goccy/go-yaml":           {"recipes", "launch/backend/kubernetes", "launch/backend/skypilot"}, // also kubeconfigs, manifests and tasks of SkyPilot
	"github.com/parquet-go/parquet-go":   {"mix/shard", "format/container"},                                   // written by one, read, whatever wrote it, by the other
	"github.com/pkoukk/tiktoken-go":      {"tokenize"},
	"modernc.org/sqlite":                 {"launch"},
	"github.com/jackc/pgx/v5":            {"launch/database"},
	"github.com/pressly/goose/v3":        {"launch/database"}, // the tables in PostgreSQL
	"database/sql":                       {"launch"},
	"google.golang.org/protobuf":         {"launch/export"},                       // TensorBoard's events and the log of Weights & Biases
	"net/http":                           {"launch", "tokenize/internal/datagen"}, // providers and clusters; datagen fetches the tables that are embedded
	"github.com/minio/minio-go/v7":       {"launch/bucket"},
	"github.com/expr-lang/expr":          {"format/evidence"},
	"mvdan.cc/sh/v3":                     {"format/behaviour"},
	"github.com/google/uuid":             {"launch"},
	"golang.org/x/sys/unix":              {"launch/backend/attempt"},
	"golang.org/x/sys/cpu":               {"format/pyjson", "tokenize"},
	"golang.org/x/crypto":                {"launch/remote"},
	"github.com/kevinburke/ssh_config":   {"launch/remote"},         // ~/.ssh/config
	"github.com/skeema/knownhosts":       {"launch/remote"},         // known_hosts, with the kinds of keys that are known of a host
	"golang.org/x/sync":                  {"format/dialect", "mix"}, // the two that work on all cores
	"github.com/rogpeppe/go-internal":    {},                        // for tests alone
	"golang.org/x/term":                  {"cmd/trainyard/face/terminal.go"},
	"github.com/schollz/progressbar/v3":  {"cmd/trainyard/face/progress.go", "cmd/trainyard/face/bytesline.go"},
	"github.com/jedib0t/go-pretty/v6":    {"cmd/trainyard/face"},
	"github.com/guptarohit/asciigraph":   {"cmd/trainyard/face/plot.go"},                                                      // curves in a terminal
	"github.com/dustin/go-humanize":      {"mix", "launch/stats", "cmd/trainyard/face/words.go", "cmd/trainyard/settings.go"}, // numbers and sizes as people write them
	"github.com/zeebo/xxh3":              {"mix", "mix/dedup", "format/dialect"},                                              // digests of texts and of runs of words, alike in every process
	"github.com/go-analyze/charts":       {"mix/report/charts.go"},
	"gonum.org/v1/gonum":                 {"launch/stats"}, // quantiles of distributions
	"github.com/chromedp/chromedp":       {},               // for tests alone
	"github.com/chromedp/cdproto":        {},               // likewise
	"github.com/klauspost/compress/s2":   {"mix"},
	"github.com/klauspost/compress/gzip": {"format/container", "recipes/samples"}, // samples make the compressed files that are read
	"github.com/klauspost/compress/zstd": {"format/container", "mix/shard", "recipes/samples"},
}

// eachImport calls visit for every import of the project's Go files. Tests
// are free: they tie packages together and make broken files of any kind.
func eachImport(t *testing.T, visit func(file, imported string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "repos" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			visit(filepath.ToSlash(rel), imported)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPackagesImportOnlyWhatTheHouseAllows(t *testing.T) {
	eachImport(t, func(file, imported string) {
		sibling, ok := strings.CutPrefix(imported, "trainyard/")
		dir := filepath.ToSlash(filepath.Dir(file))
		rules, ruled := mayImport[dir]
		free := slices.Contains(forTests, dir) || strings.Contains(dir+"/", "/internal/") || dir == "recipes/samples/generate"
		if !ruled && !free {
			t.Errorf("package %s is in no row of the table", dir)
		}
		if slices.Contains(forTests, sibling) {
			t.Errorf("%s imports %s, which only tests may", file, imported)
		}
		if ok && ruled && sibling != dir && !slices.Contains(rules, sibling) && !strings.HasPrefix(sibling, dir+"/internal/") {
			t.Errorf("%s imports %s, which %s may not", file, imported, dir)
		}
	})
}

func TestNoRowOfTheTableIsWiderThanItsPackage(t *testing.T) {
	used := map[string]map[string]bool{}
	eachImport(t, func(file, imported string) {
		dir := filepath.ToSlash(filepath.Dir(file))
		if used[dir] == nil {
			used[dir] = map[string]bool{}
		}
		used[dir][strings.TrimPrefix(imported, "trainyard/")] = true
	})
	for dir, rules := range mayImport {
		for _, allowed := range rules {
			if !used[dir][allowed] {
				t.Errorf("the row of %s allows %s, which it does not import", dir, allowed)
			}
		}
	}
}

func TestEveryLibraryHasOneDoor(t *testing.T) {
	eachImport(t, func(file, imported string) {
		for library, owners := range doors {
			if imported != library && !strings.HasPrefix(imported, library+"/") {
				continue
			}
			inside := func(owner string) bool { return file == owner || strings.HasPrefix(file, owner+"/") }
			if !slices.ContainsFunc(owners, inside) {
				t.Errorf("%s imports %s, which only %v may", file, imported, owners)
			}
		}
	})
}

func TestEveryLibraryOfTheModuleIsInTheTable(t *testing.T) {
	module, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	libraries := 0
	for line := range strings.Lines(string(module)) {
		path, version, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || !strings.HasPrefix(version, "v") || strings.HasSuffix(version, "// indirect") {
			continue
		}
		libraries++
		inside := func(door string) bool { return door == path || strings.HasPrefix(door, path+"/") }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(doors)), inside) {
			t.Errorf("%s is in no row of the doors", path)
		}
	}
	if libraries == 0 {
		t.Error("go.mod names no library")
	}
}

func TestTheTopLevelHoldsOnlyTheHouse(t *testing.T) {
	house := []string{"cmd", "format", "tokenize", "mix", "launch", "recipes", "go.mod", "go.sum", "README.md", "LICENSE", "NOTICE"}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(house, e.Name()) {
			t.Errorf("%s stands at the top level", e.Name())
		}
	}
}
