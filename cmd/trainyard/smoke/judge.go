package smoke

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"trainyard/mix"
	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

// A Verdict is how well a model foretells one held-out conversation.
type Verdict struct {
	ID   string  `json:"instance_id"` // of a second row of one instance with #2 behind it
	Loss float64 `json:"loss"`        // nats a trained token, as in training
}

// Judge gives the verdict on every validation row of a dataset, in the order of its
// shards. model is a directory with model.safetensors: an output directory whose run is
// complete, or a checkpoint. The dataset may be another one than the model has learned
// from, of the same template; ids that the model never saw cost what it gives them.
func Judge(ctx context.Context, model, dataset string) ([]Verdict, error) {
	m, err := openModel(model)
	if err != nil {
		return nil, fmt.Errorf("open model %s: %w", model, err)
	}
	source, err := mix.OpenDataset(dataset)
	if err != nil {
		return nil, fmt.Errorf("read dataset: %w", err)
	}
	tokenizer, err := chat.ForTemplate(source.Manifest.Template)
	if err != nil {
		return nil, fmt.Errorf("read dataset %s: %w", dataset, err)
	}
	if n := tokenizer.VocabSize(); n != m.words.size {
		return nil, fmt.Errorf("the model knows %d ids, and the tokenizer of %s %d: judge it on data of its own template", m.words.size, dataset, n)
	}
	cfg, err := fitConfig(Config{Dataset: dataset}, source.Manifest)
	if err != nil {
		return nil, err
	}
	r, err := newReader(cfg, source.Manifest, tokenizer)
	if err == nil && r.template == nil {
		err = fmt.Errorf("read dataset %s: its rows are tokens, which name no instance: judge by one of messages or turns", dataset)
	}
	if err != nil {
		return nil, err
	}
	j := &judging{model: m, reader: r, taken: map[string]int{}}
	return j.rows(ctx, source)
}

// openModel reads what writeModel wrote.
func openModel(dir string) (*model, error) {
	var list wordList
	if err := readJSON(filepath.Join(dir, "vocabulary.json"), &list); err != nil {
		return nil, err
	}
	if len(list.IDs) != len(list.Counts) || list.Size < len(list.IDs) {
		return nil, fmt.Errorf("vocabulary.json has %d ids, %d counts and a size of %d", len(list.IDs), len(list.Counts), list.Size)
	}
	words := &vocabulary{size: list.Size, ids: append([]int32{-1}, list.IDs...), dense: make([]int32, list.Size), rare: list.Rare}
	for i, id := range list.IDs {
		if id < 0 || int(id) >= list.Size {
			return nil, fmt.Errorf("vocabulary.json has the id %d, and a size of %d", id, list.Size)
		}
		words.dense[id] = int32(i + 1)
	}
	m := blankModel(words, list.Counts)
	return m, readTensorFile(filepath.Join(dir, "model.safetensors"), m.weights())
}

// A judging walks the validation rows.
type judging struct {
	model  *model
	reader *reader
	taken  map[string]int // how often an instance was met
	all    []Verdict

	example chat.Example
	dense   []int32
}

func (j *judging) rows(ctx context.Context, source *mix.Dataset) ([]Verdict, error) {
	for _, s := range source.Manifest.Shards {
		if s.Split != "validation" {
			continue
		}
		path := filepath.Join(source.Dir, s.File)
		err := shard.ReadRows(path, func(row *shard.Row) error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return j.row(row)
		})
		if err != nil {
			return nil, fmt.Errorf("judge by %s: %w", path, err)
		}
	}
	if len(j.all) == 0 {
		return nil, fmt.Errorf("%s has no validation rows: prepare it with mix.validation above 0", source.Dir)
	}
	return j.all, nil
}

func (j *judging) row(row *shard.Row) error {
	if err := j.reader.encode(row, &j.example); err != nil {
		return fmt.Errorf("traj_id %q: %w", row.TrajID, err)
	}
	j.dense = j.model.words.number(j.dense, j.example.IDs)
	sum, tokens := 0.0, 0
	for _, s := range j.example.Spans {
		for i := s.Start; i < s.End; i++ {
			sum += j.model.loss(j.dense[i:i+reach], j.dense[i+reach])
		}
		tokens += s.End - s.Start
	}
	loss := sum / float64(tokens)
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return fmt.Errorf("traj_id %q: the loss is %v over %d tokens", row.TrajID, loss, tokens)
	}
	j.all = append(j.all, Verdict{j.name(row), loss})
	return nil
}

// name is the row's instance, each name once.
func (j *judging) name(row *shard.Row) string {
	name := row.InstanceID
	if name == "" {
		name = row.TrajID
	}
	if j.taken[name]++; j.taken[name] > 1 {
		name = fmt.Sprintf("%s#%d", name, j.taken[name])
	}
	return name
}

func writeVerdicts(w io.Writer, all []Verdict) error {
	lines := json.NewEncoder(w)
	var faults []error
	for _, v := range all {
		faults = append(faults, lines.Encode(v))
	}
	return errors.Join(faults...)
}

// WriteReport writes a report to a file, whole or not at all: a line of JSON for each
// instance.
func WriteReport(path string, all []Verdict) error {
	return writeFile(path, func(w io.Writer) error { return writeVerdicts(w, all) })
}
