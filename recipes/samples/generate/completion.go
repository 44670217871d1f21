package main

import (
	"encoding/json"
	"fmt"
)

// A completion is one file of an OpenHands llm_completions folder: everything
// said so far and the answer to it. The last file of a folder holds the whole
// walk.
type completion struct {
	Messages  []message      `json:"messages"`
	Response  response       `json:"response"`
	Kwargs    map[string]any `json:"kwargs"`
	Timestamp float64        `json:"timestamp"`
	Cost      float64        `json:"cost"`
}

type response struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
}

type choice struct {
	Index        int     `json:"index"`
	FinishReason string  `json:"finish_reason"`
	Message      message `json:"message"`
}

// The clock of the logs is counted: a day in 2024, an hour per walk, some
// seconds per answer.
const (
	firstSecond      = 1704110400
	secondsPerWalk   = 3600
	secondsPerAnswer = 7.25
)

// completionLogs writes a folder of growing logs per instance and, under
// eval_outputs, a report keyed by the instance for those that were judged.
func completionLogs(files map[string][]byte, dir string, records []record) error {
	for i, r := range records {
		start := float64(firstSecond + i*secondsPerWalk)
		if err := logWalk(files, dir+"/llm_completions/"+r.ID, r, start); err != nil {
			return err
		}
		if err := logVerdict(files, dir+"/eval_outputs/"+r.ID, r); err != nil {
			return err
		}
	}
	return nil
}

func logWalk(files map[string][]byte, folder string, r record, now float64) error {
	for i, m := range r.Messages {
		if m.Role != "assistant" {
			continue
		}
		now += secondsPerAnswer
		name := fmt.Sprintf("%s/%s-%.2f.json", folder, r.By, now)
		body, err := compact(completion{
			Messages:  r.Messages[:i],
			Response:  response{fmt.Sprintf("answer-%03d", i), "chat.completion", r.By, []choice{{0, "tool_calls", m}}},
			Kwargs:    map[string]any{"tools": json.RawMessage(toolsJSON)},
			Timestamp: now,
		})
		if err != nil {
			return err
		}
		if files[name] != nil {
			return fmt.Errorf("%s is written twice: one walk per instance", name)
		}
		files[name] = body
	}
	return nil
}

func logVerdict(files map[string][]byte, folder string, r record) error {
	v := r.verdict()
	if v == nil {
		return nil
	}
	body, err := compact(map[string]any{r.ID: map[string]bool{
		"patch_exists": r.Patch != "", "patch_successfully_applied": r.Patch != "", "resolved": *v,
	}})
	files[folder+"/report.json"] = body
	return err
}
