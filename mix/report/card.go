package report

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trainyard/format/durable"
	"trainyard/format/regular"
	"trainyard/mix"
	"trainyard/mix/shard"
)

// Publishing is what a card says that no dataset knows of itself. What is empty
// is left out.
type Publishing struct {
	License     string // as the Hub spells it, such as apache-2.0; other needs the next two
	LicenseName string
	LicenseLink string
	Language    string // of the conversations, as the Hub spells it, such as en
	Creator     string
	URL         string // of the dataset
	Date        string // of publication, YYYY-MM-DD
}

// Check refuses what no reader of cards would understand.
func (p *Publishing) Check() error {
	switch {
	case p.License == "other" && (p.LicenseName == "" || p.LicenseLink == ""):
		return errors.New("license other: the Hub wants its name and link too (--license-name, --license-link)")
	case p.License != "other" && p.LicenseName+p.LicenseLink != "":
		return fmt.Errorf("license %q: a name and a link are for license other alone", p.License)
	}
	if p.Date != "" {
		if _, err := time.Parse(time.DateOnly, p.Date); err != nil {
			return fmt.Errorf("date %q: write YYYY-MM-DD", p.Date)
		}
	}
	return nil
}

// The files that a dataset is published with. They stand beside its own, which
// stay as they are.
const (
	CardFile      = "README.md"
	CroissantFile = "croissant.json"
	OutcomesFile  = "audit/outcomes.parquet"
)

// WriteCard writes the card, its metadata as Croissant and the outcomes as a
// table into a directory: the dataset's own where it is empty. It writes over no
// file that is not its own, or that was changed since.
func WriteCard(ctx context.Context, d *Dataset, p Publishing, into string) ([]string, error) {
	if into == "" {
		into = d.Dir
	}
	list, err := mix.ReadCardList(into)
	if err != nil {
		return nil, err
	}
	disk := &mix.Dataset{Dir: d.Dir, Manifest: d.Manifest}
	var outcomes bytes.Buffer
	if err := shard.WriteOutcomes(&outcomes, disk.Outcomes(ctx)); err != nil {
		return nil, fmt.Errorf("write card: %w", err)
	}
	card, err := cardText(d, p)
	if err != nil {
		return nil, fmt.Errorf("write card: %w", err)
	}
	table := mix.Digest(OutcomesFile, outcomes.Bytes())
	files := []cardFile{{OutcomesFile, outcomes.Bytes()}, {CardFile, card}, {CroissantFile, croissant(d, p, table)}}
	for _, f := range files {
		if err := refuseOthers(into, f.name, list); err != nil {
			return nil, err
		}
	}
	return writeCardFiles(into, files, list)
}

// A cardFile is one of the files of a card, before it is written.
type cardFile struct {
	name string
	data []byte
}

// writeCardFiles writes them, over those that are listed.
func writeCardFiles(into string, files []cardFile, list []mix.FileDigest) (names []string, err error) {
	var digests []mix.FileDigest
	for _, f := range files {
		names, digests = append(names, filepath.Join(into, f.name)), append(digests, mix.Digest(f.name, f.data))
	}
	if err := os.MkdirAll(filepath.Join(into, "audit"), 0o755); err != nil {
		return nil, fmt.Errorf("write card: %w", err)
	}
	// The list comes first: a file that it names and that is not there yet is no
	// fault, and one that is there unlisted could never be written over.
	if err := writeCardList(into, append(list, digests...)); err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := durable.Write(filepath.Join(into, f.name), "", 0o644, durable.Bytes(f.data)); err != nil {
			return nil, fmt.Errorf("write card: %w", err)
		}
	}
	return names, writeCardList(into, digests)
}

func writeCardList(dir string, list []mix.FileDigest) error {
	data, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return fmt.Errorf("write card: %w", err)
	}
	if err := durable.Write(filepath.Join(dir, mix.CardList), "", 0o644, durable.Bytes(append(data, '\n'))); err != nil {
		return fmt.Errorf("write card: %w", err)
	}
	return nil
}

// refuseOthers refuses to write over a file that no card wrote, or that was
// changed since.
func refuseOthers(dir, name string, list []mix.FileDigest) error {
	path := filepath.Join(dir, name)
	data, err := regular.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("write card: %w", err)
	case !slices.Contains(list, mix.Digest(name, data)):
		return fmt.Errorf("write card: %s was written or changed by hand (move it away, or choose another directory with --out)", path)
	}
	return nil
}

// cardText is the README: what the Hub reads, then what people read.
func cardText(d *Dataset, p Publishing) ([]byte, error) {
	recipe, err := regular.ReadFile(filepath.Join(d.Dir, d.Manifest.RecipeFile.File))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(hubYAML(d, p))
	m := &markdown{bufio.NewWriter(&b)}
	m.printf("\n# %s\n\n", escape(d.Name))
	train := d.Manifest.Totals.Train
	m.printf("Trajectories of coding agents, rendered for training: %s to train on with %s tokens, %s of them trained, and %s for validation. Made by trainyard from the recipe below.\n\n",
		counted(train.Rows, "row", "rows"), number(train.Tokens), number(train.TrainedTokens), number(d.Manifest.Totals.Validation.Rows))
	m.loading(d)
	m.sources(d, p)
	for _, s := range []Section{
		d.datasetSection(), d.mixSection(), d.funnelSection(), d.lengthSection(), d.teacherSection(), d.repeatSection(), d.editSection(), d.principlesSection(),
	} {
		m.section("##", &s)
	}
	m.printf("## Recipe\n\nFingerprint %s, of the data %s, pipeline %d.\n\n", d.Manifest.Recipe.Fingerprint, d.Manifest.Recipe.Data, d.Manifest.Pipeline)
	m.fenced("yaml", string(recipe))
	err = m.Flush()
	return b.Bytes(), err
}

// fenced writes text between fences that are longer than any in it.
func (m *markdown) fenced(language, text string) {
	fence := "```"
	for bytes.Contains([]byte(text), []byte(fence)) {
		fence += "`"
	}
	text, _ = withoutSecrets(text)
	m.printf("%s%s\n%s%s\n", fence, language, text, fence)
}

func (m *markdown) loading(d *Dataset) {
	columns := "A row has `messages`, a list of `{role, content}`, and beside it `traj_id, instance_id, task, repo, source, teacher, n_tokens, n_trained_tokens, n_steps`."
	switch d.Manifest.Output {
	case "turns":
		columns = strings.Replace(columns, "{role, content}", "{role, content, loss}", 1)
	case "tokens":
		columns = "A row has `input_ids`, `attention_mask` and `labels`, where -100 is out of the loss, and beside them `traj_id` and `task`."
	case "packed":
		columns = "A row is a window of several sequences: `input_ids`, `attention_mask`, `labels`, where -100 is out of the loss, `position_ids`, which begin anew with each sequence, `seq_lengths`, `traj_ids` and `tasks`."
	}
	m.printf("## Loading\n\n```python\nfrom datasets import load_dataset\n\nrows = load_dataset(\"PATH_OR_REPOSITORY\", split=\"train\")\noutcomes = load_dataset(\"PATH_OR_REPOSITORY\", \"outcomes\", split=\"outcomes\")\n```\n\n")
	m.printf("%s What became of every record that was read stands in the configuration `outcomes`.\n\n", columns)
}

// sources says where the rows come from, and on what terms.
func (m *markdown) sources(d *Dataset, p Publishing) {
	m.printf("## Sources\n\n")
	for _, s := range d.Manifest.Sources {
		m.printf("- %s: %s in %s\n", escape(s.Name), counted(s.Funnel.Read.Records, "record", "records"), escape(s.Path))
	}
	m.printf("\nWhat counted as success, and on what evidence, is what the recipe says below `accept`.")
	if p.License == "" {
		m.printf(" The licence of the whole was not said; that of a source is that of the repositories and models it comes from.")
	}
	m.printf("\n\n")
}

// hubYAML is the head of the card. It never says splits: a wrong count there
// fails to load, and a right one breaks data_files= with datasets 4.0.
func hubYAML(d *Dataset, p Publishing) []byte {
	var b bytes.Buffer
	line := func(form string, args ...any) { fmt.Fprintf(&b, form+"\n", args...) }
	line("---")
	line("pretty_name: %s", quoted(d.Name))
	for _, key := range []struct{ name, value string }{{"license", p.License}, {"license_name", p.LicenseName}, {"license_link", p.LicenseLink}} {
		if key.value != "" {
			line("%s: %s", key.name, quoted(key.value))
		}
	}
	if p.Language != "" {
		line("language:\n- %s", quoted(p.Language))
	}
	line("task_categories:\n- text-generation")
	line("size_categories:\n- %s", sizeCategory(d.Manifest.Totals.Train.Rows+d.Manifest.Totals.Validation.Rows))
	line("annotations_creators:\n- machine-generated")
	line("tags:\n- code\n- agents\n- tools\n- synthetic\n- agent-traces\n- trainyard")
	line("configs:\n- config_name: default\n  default: true\n  data_files:")
	for _, split := range d.Manifest.Splits() {
		line("  - split: %s\n    path: %s-*.parquet", split, split)
	}
	line("- config_name: outcomes\n  data_files:\n  - split: outcomes\n    path: %s", OutcomesFile)
	line("---")
	return b.Bytes()
}

// quoted is a text as JSON, which is YAML too.
func quoted(text string) string {
	data, err := json.Marshal(clean(text))
	if err != nil {
		panic("report: " + err.Error())
	}
	return string(data)
}

// sizeCategory is the Hub's word for so many rows.
func sizeCategory(rows int64) string {
	below := []struct {
		rows int64
		name string
	}{{1e3, "n<1K"}, {1e4, "1K<n<10K"}, {1e5, "10K<n<100K"}, {1e6, "100K<n<1M"}}
	for _, c := range below {
		if rows < c.rows {
			return c.name
		}
	}
	return "1M<n<10M"
}
