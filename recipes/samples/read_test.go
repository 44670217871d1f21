package samples

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// A sample is one record as the tests see it, whatever file it came from.
type sample struct {
	task, id, repo, teacher string
	resolved                *bool // nil: no evidence
	messages                []turn
	tools                   []any
	raw                     string // the record's line, or all logs of its folder
}

type turn struct {
	Role    string
	Content content
	Calls   []struct {
		ID       string
		Function struct{ Name, Arguments string }
	} `json:"tool_calls"`
	CallID string `json:"tool_call_id"`
}

// content reads a string or a list of text parts.
type content string

func (c *content) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, (*string)(c))
	}
	var parts []struct{ Text string }
	err := json.Unmarshal(data, &parts)
	for _, p := range parts {
		*c += content(p.Text)
	}
	return err
}

func readAll(t *testing.T) []sample {
	t.Helper()
	all := readRows(t, "func_localize", read(t, "func_localize/output.jsonl"), nil)
	var report struct {
		Resolved   []string `json:"resolved_ids"`
		Unresolved []string `json:"unresolved_ids"`
	}
	decode(t, read(t, "issue_localize/report.json"), &report)
	verdicts := map[string]bool{}
	for _, id := range report.Unresolved {
		verdicts[id] = false
	}
	for _, id := range report.Resolved {
		verdicts[id] = true
	}
	all = append(all, readRows(t, "issue_localize", read(t, "issue_localize/output.jsonl.zst"), verdicts)...)
	all = append(all, readLogs(t)...)
	return append(all, readChats(t)...)
}

// readRows reads OpenHands rows; verdicts, where given, stand for the rows' own reports.
func readRows(t *testing.T, task string, data []byte, verdicts map[string]bool) []sample {
	t.Helper()
	var all []sample
	for line := range bytes.Lines(data) {
		var row struct {
			ID       string `json:"instance_id"`
			Metadata struct {
				Config struct{ Model string } `json:"llm_config"`
			}
			Instance    struct{ Repo string }
			Report      *struct{ Resolved bool }
			Completions struct {
				Messages []turn
				Tools    []any
			} `json:"raw_completions"`
		}
		decode(t, line, &row)
		s := sample{task, row.ID, row.Instance.Repo, row.Metadata.Config.Model, nil, row.Completions.Messages, row.Completions.Tools, string(line)}
		if row.Report != nil {
			s.resolved = &row.Report.Resolved
		}
		if v, judged := verdicts[row.ID]; judged {
			s.resolved = &v
		}
		all = append(all, s)
	}
	return all
}

func readChats(t *testing.T) []sample {
	t.Helper()
	var all []sample
	for line := range bytes.Lines(read(t, "func_gen/chat.jsonl.gz")) {
		var row struct {
			ID          string `json:"instance_id"`
			Repo, Model string
			Resolved    *bool
			Messages    []turn
			Tools       []any
		}
		decode(t, line, &row)
		all = append(all, sample{"func_gen", row.ID, row.Repo, row.Model, row.Resolved, row.Messages, row.Tools, string(line)})
	}
	return all
}

// readLogs reads the last log of every folder and the report of its instance.
func readLogs(t *testing.T) []sample {
	t.Helper()
	const root = "dep_search/llm_completions"
	folders, err := fs.ReadDir(FS(), root)
	if err != nil {
		t.Fatal(err)
	}
	var all []sample
	for _, folder := range folders {
		logs, err := fs.Glob(FS(), path.Join(root, folder.Name(), "*.json"))
		if err != nil || len(logs) == 0 {
			t.Fatalf("%s: no logs (error %v)", folder.Name(), err)
		}
		all = append(all, readLog(t, folder.Name(), logs[len(logs)-1]))
	}
	return all
}

func readLog(t *testing.T, id, last string) sample {
	t.Helper()
	var log struct {
		Messages []turn
		Response struct {
			Model   string
			Choices []struct{ Message turn }
		}
		Kwargs struct{ Tools []any }
	}
	raw := read(t, last)
	decode(t, raw, &log)
	repo := strings.Replace(id[:strings.LastIndex(id, "-")], "__", "/", 1)
	s := sample{task: "dep_search", id: id, repo: repo, teacher: log.Response.Model, tools: log.Kwargs.Tools, raw: string(raw)}
	s.messages = append(log.Messages, log.Response.Choices[0].Message)
	report := "dep_search/eval_outputs/" + id + "/report.json"
	if _, err := fs.Stat(FS(), report); err == nil {
		var verdicts map[string]struct{ Resolved *bool }
		decode(t, read(t, report), &verdicts)
		s.resolved = verdicts[id].Resolved
	}
	return s
}

// read returns a file, decompressed as its name says.
func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := fs.ReadFile(FS(), name)
	if err != nil {
		t.Fatal(err)
	}
	var from io.Reader = bytes.NewReader(data)
	switch path.Ext(name) {
	case ".gz":
		from, err = gzip.NewReader(from)
	case ".zst":
		from, err = zstd.NewReader(from)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if data, err = io.ReadAll(from); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return data
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%v in %.80s", err, data)
	}
}
