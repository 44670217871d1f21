package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"trainyard/format/regular"
)

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
