package result

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"trainyard/format/pyjson"
)

// Benchmark is the one spelling of a benchmark's name: in small letters, without the
// owner of the dataset, without spaces. SWE-bench_Verified of princeton-nlp and
// swe-bench_verified are one.
func Benchmark(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	name = name[strings.LastIndexByte(name, '/')+1:]
	return strings.Join(strings.Fields(name), "-")
}

// Fits reports whether a name that a user gives may be that of the benchmark that a
// file names: the same, or one that begins with it, as swt-bench_verified does with
// swt-bench. What is not told fits all.
func Fits(said, asked string) bool {
	a, b := letters(said), letters(asked)
	return strings.HasPrefix(b, a) || strings.HasPrefix(a, b)
}

// Same reports whether two names are spellings of one benchmark.
func Same(a, b string) bool { return letters(a) == letters(b) }

// letters are what two spellings of one benchmark have in common.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_. ", r) {
			return -1
		}
		return r
	}, Benchmark(name))
}

// sbName is how sb-cli names a report: benchmark, split and the run's id.
var sbName = regexp.MustCompile(`(swe-bench[a-z_-]*?)__([a-z]+)__.+\.json$`)

// saidByName reads what the name of a report says.
func (r *Result) saidByName(d *document) {
	if m := sbName.FindStringSubmatch(d.name()); m != nil {
		r.Benchmark, r.Split = m[1], m[2]
	}
}

// checkpointName is the end of a path to a checkpoint, as trainers name theirs.
var checkpointName = regexp.MustCompile(`(?:^|[/\\_-])(?:checkpoint|global_step|step)[-_]?(\d{1,12})/?$`)

// saidOfModel takes the model that a report names, and the step where the name is
// that of a checkpoint.
func (r *Result) saidOfModel(model string) {
	if r.Model = model; r.Step != nil {
		return
	}
	if m := checkpointName.FindStringSubmatch(model); m != nil {
		if n, err := strconv.ParseInt(m[1], 10, 64); err == nil {
			r.Step = &n
		}
	}
}

// saidBeside reads a small file of metadata in the directory of a report; one that is
// not there, or no JSON, says nothing.
func saidBeside(d *document, name string, use func(pyjson.Value)) {
	path := filepath.Join(filepath.Dir(d.path), name)
	raw, err := readSmall(path)
	if err != nil {
		return
	}
	_ = pyjson.WithIndex(raw, func(root pyjson.Value) error {
		if root.Kind() == pyjson.KindObject {
			use(root)
		}
		return nil
	})
}

// saidByOpenHands reads the metadata of OpenHands' evaluations, which lie beside a
// report, and in each row: those of its own benchmarks, and of the version before.
func (r *Result) saidByOpenHands(d *document) {
	saidBeside(d, "metadata.json", r.takeMetadata)
	if r.Benchmark == "" && r.Model == "" {
		r.takeMetadata(pyjson.FirstOf(d.root).Get("metadata"))
	}
}

func (r *Result) takeMetadata(m pyjson.Value) {
	if !has(m, "agent_class", "llm_config", "llm") {
		return
	}
	dataset := m.Get("dataset").Text()
	r.Split = pyjson.FirstScalar(m.Get("data_split"), m.Get("dataset_split"))
	// The version before writes owner__name-split for both.
	if at, dash := strings.LastIndex(dataset, "__"), strings.LastIndexByte(dataset, '-'); at >= 0 && dash > at && r.Split == "" {
		dataset, r.Split = dataset[at+2:dash], dataset[dash+1:]
	}
	r.Benchmark, r.Scaffold = Benchmark(dataset), m.Get("agent_class").Text()
	r.saidOfModel(pyjson.FirstScalar(m.Get("llm_config", "model"), m.Get("llm", "model")))
}
