package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// layouts says how the records of each task are stored. The four differ on
// purpose: together they are the ways in which rollouts are found on disk.
var layouts = map[string]func(files map[string][]byte, dir string, records []record) error{
	"func_localize":  rowsWithReports,
	"issue_localize": rowsWithRunReport,
	"dep_search":     completionLogs,
	"func_gen":       chatLines,
}

// verdict is nil where a rollout keeps no evidence.
func (r record) verdict() *bool {
	if r.Manner.is(unjudged) {
		return nil
	}
	return &r.Resolved
}

// A row is one line of an OpenHands output.jsonl with the completion joined to it.
type row struct {
	InstanceID  string         `json:"instance_id"`
	TestResult  map[string]any `json:"test_result"`
	Instruction string         `json:"instruction"`
	Metadata    metadata       `json:"metadata"`
	History     []string       `json:"history"`
	Error       *string        `json:"error"`
	Instance    map[string]any `json:"instance"`
	Report      *report        `json:"report,omitempty"`
	Completions completions    `json:"raw_completions"`
}

type metadata struct {
	AgentClass    string            `json:"agent_class"`
	LLMConfig     map[string]string `json:"llm_config"`
	MaxIterations int               `json:"max_iterations"`
	Dataset       string            `json:"dataset"`
}

type report struct {
	EmptyGeneration bool `json:"empty_generation"`
	Resolved        bool `json:"resolved"`
}

type completions struct {
	Messages []message       `json:"messages"`
	Tools    json.RawMessage `json:"tools"`
}

func newRow(task string, r record) row {
	return row{
		InstanceID:  r.ID,
		TestResult:  map[string]any{"git_patch": r.Patch},
		Instruction: r.Ask,
		Metadata:    metadata{"ScriptedAgent", map[string]string{"model": r.By}, 60, task},
		History:     []string{},
		Instance:    map[string]any{"repo": r.Repo, "base_commit": r.Base},
		Completions: completions{r.Messages, toolsJSON},
	}
}

// rowsWithReports writes output.jsonl: the verdict stands in the row, contents
// are lists of parts.
func rowsWithReports(files map[string][]byte, dir string, records []record) error {
	lines, err := jsonLines(records, func(r record) any {
		row := newRow(dir, r)
		row.Completions.Messages = inParts(r.Messages)
		if v := r.verdict(); v != nil {
			row.Report = &report{EmptyGeneration: r.Patch == "", Resolved: *v}
		}
		return row
	})
	files[dir+"/output.jsonl"] = lines
	return err
}

// rowsWithRunReport writes output.jsonl.zst, with the verdicts in one report
// for the whole run.
func rowsWithRunReport(files map[string][]byte, dir string, records []record) error {
	lines, err := jsonLines(records, func(r record) any { return newRow(dir, r) })
	if err != nil {
		return err
	}
	if files[dir+"/output.jsonl.zst"], err = zstdBytes(lines); err != nil {
		return err
	}
	files[dir+"/report.json"], err = runReport(records)
	return err
}

// runReport lists the ids by verdict. It speaks of instances, so two rollouts
// of one instance must agree.
func runReport(records []record) ([]byte, error) {
	verdicts := map[string]bool{}
	lists := map[bool][]string{true: {}, false: {}}
	for _, r := range records {
		v := r.verdict()
		if v == nil {
			continue
		}
		known, seen := verdicts[r.ID]
		if seen && known != *v {
			return nil, fmt.Errorf("rollouts of %s disagree", r.ID)
		}
		if !seen {
			lists[*v] = append(lists[*v], r.ID)
		}
		verdicts[r.ID] = *v
	}
	return json.MarshalIndent(map[string]any{
		"total_instances": len(verdicts), "resolved_ids": lists[true], "unresolved_ids": lists[false],
	}, "", "  ")
}

// chatLines writes chat.jsonl.gz: plain OpenAI chats with a few fields beside.
func chatLines(files map[string][]byte, dir string, records []record) error {
	lines, err := jsonLines(records, func(r record) any {
		return chat{r.ID, r.Repo, r.By, r.verdict(), r.Messages, toolsJSON}
	})
	if err != nil {
		return err
	}
	files[dir+"/chat.jsonl.gz"], err = gzipBytes(lines)
	return err
}

type chat struct {
	InstanceID string          `json:"instance_id"`
	Repo       string          `json:"repo"`
	Model      string          `json:"model"`
	Resolved   *bool           `json:"resolved,omitempty"`
	Messages   []message       `json:"messages"`
	Tools      json.RawMessage `json:"tools"`
}

// jsonLines writes one line per record; a copied record is written again at the end.
func jsonLines(records []record, shape func(record) any) ([]byte, error) {
	var out, copies bytes.Buffer
	for _, r := range records {
		line, err := compact(shape(r))
		if err != nil {
			return nil, err
		}
		line = append(line, '\n')
		out.Write(line)
		if r.Manner.is(copied) {
			copies.Write(line)
		}
	}
	return append(out.Bytes(), copies.Bytes()...), nil
}
