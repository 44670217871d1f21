package dialect

import (
	"path/filepath"
	"strconv"
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// atif reads the Agent Trajectory Interchange Format of Harbor, v1.0 to v1.8:
// a step is a message together with its calls and their results.
var atif = Dialect{
	Name:    "atif",
	Summary: "ATIF v1.0 to v1.8 (Harbor, Terminal-Bench 2): agent/trajectory.json",
	Limits: "tool descriptions are recorded since v1.5 and then only by some agents: else supply them, and likewise the system prompt " +
		"where there are calls and no system step; steps copied from another trajectory or made without a model stay outside the loss; " +
		"trajectories of subagents are not read; a newer v1 is read by what is known of v1.8, with a note, and images and audio are rejected; ATOF event streams are refused",
	opens: isATOF,
	claim: func(_ format.Record, v pyjson.Value) claim {
		if strings.HasPrefix(v.Get("schema_version").Text(), "ATIF-v") {
			return byMarker
		}
		return claimSession(v, isATOF)
	},
	parse: parseATIF,
}

func isATOF(line pyjson.Value) bool { return line.Get("atof_version").Present() }

// newestATIF is the last minor version whose fields are known here.
const newestATIF = 8

func parseATIF(rec format.Record, v pyjson.Value) (*format.Trajectory, error) {
	if v.Get("lines").Present() {
		return nil, format.Rejectf(format.EventStream, "an ATOF event stream, from which ATIF trajectories are made: convert it first")
	}
	version := strings.TrimPrefix(v.Get("schema_version").Text(), "ATIF-v1.")
	minor, err := strconv.Atoi(version)
	if err != nil || minor < 0 {
		return nil, format.Rejectf(format.UnknownFormat, "schema_version %q: v1.0 to v1.%d are known", pyjson.Clip(v.Get("schema_version").Text()), newestATIF)
	}
	agent, total := v.Get("agent"), v.Get("final_metrics")
	t := &format.Trajectory{
		ID:               atifID(rec, v),
		Teacher:          agent.Get("model_name").Text(),
		PromptTokens:     pyjson.TokenCount(total.Get("total_prompt_tokens")),
		CompletionTokens: pyjson.TokenCount(total.Get("total_completion_tokens")),
	}
	t.CostUSD, _ = total.Get("total_cost_usd").Float()
	if minor > newestATIF {
		t.Note(format.NoteNewer)
	}
	for i, step := range v.Get("steps").Elements() {
		if err := addStep(t, step); err != nil {
			return nil, format.Within(err, format.Place("step", i))
		}
	}
	if t.Tools, err = api.ReadTools(agent.Get("tool_definitions")); err != nil {
		return nil, err
	}
	t.MarkUnrecordedTools()
	// Agents without structured calls (Terminus) say all in the first user turn.
	t.SystemUnrecorded = t.Acts() && t.LacksSystem()
	return t, nil
}

// atifID tells the parts of one session apart: Harbor writes continuations
// as trajectory.cont-1.json beside trajectory.json.
func atifID(rec format.Record, v pyjson.Value) string {
	if id := v.Get("trajectory_id").Text(); id != "" {
		return id
	}
	id := v.Get("session_id").Scalar()
	part := strings.TrimSuffix(filepath.Base(rec.File), ".json")
	if part, ok := strings.CutPrefix(part, "trajectory."); ok && id != "" {
		return id + "#" + part
	}
	return id
}

func addStep(t *format.Trajectory, step pyjson.Value) error {
	m := format.Message{Reasoning: step.Get("reasoning_content").Text()}
	switch source := step.Get("source").Text(); source {
	case "agent":
		m.Role = format.Assistant
		m.Untrained = pyjson.IsTrue(step.Get("is_copied_context")) || string(step.Get("llm_call_count").Raw()) == "0"
		t.Teacher = format.NameOr(t.Teacher, step.Get("model_name").Text())
	case "user":
		m.Role = format.User
	case "system":
		m.Role = format.System
	default:
		return format.Rejectf(format.BadRole, "source %q is none of system, user, agent", pyjson.Clip(step.Get("source").Scalar()))
	}
	var err error
	if m.Content, err = api.BlockText(step.Get("message")); err != nil {
		return err
	}
	for _, call := range step.Get("tool_calls").Elements() {
		if err := api.AddCall(&m, call.Get("tool_call_id"), call.Get("function_name"), call.Get("arguments")); err != nil {
			return err
		}
	}
	if observed := step.Get("observation"); m.Content != "" || !observed.Present() || m.Role == format.Assistant {
		t.Messages = append(t.Messages, m)
	}
	return addResults(t, step.Get("observation", "results"), len(m.Calls) > 0)
}

// addResults appends results as answers to the step's calls. Agents without
// structured calls (Terminus) read them as the next user message.
func addResults(t *format.Trajectory, results pyjson.Value, called bool) error {
	for i, result := range results.Elements() {
		m := format.Message{Role: format.User, CallID: result.Get("source_call_id").Text()}
		if called || m.CallID != "" {
			m.Role = format.ToolRole
		}
		if !result.Get("content").Present() && result.Get("subagent_trajectory_ref").Present() {
			return format.Rejectf(format.LostContext, "result %d is only a reference to a subagent's trajectory", i+1)
		}
		var err error
		if m.Content, err = api.BlockText(result.Get("content")); err != nil {
			return format.Within(err, format.Place("result", i))
		}
		t.Messages = append(t.Messages, m)
	}
	return nil
}
