package dialect

import (
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// r2egym reads R2E-Gym's trajectory lines. They record steps, not messages:
// the conversation is what the agent's arguments, the problem statement and
// the steps give word for word.
var r2egym = Dialect{
	Name:    "r2e-gym",
	Summary: "R2E-Gym trajectory lines: steps of thought, action and observation; success is in reward",
	Limits: "the line \"Steps Remaining\" that the scaffold puts below each turn is not recorded and not rebuilt; " +
		"lines without agent_args, whose templates hold the system and the instance text, need both supplied",
	claim: func(_ format.Record, v pyjson.Value) claim {
		if v.Get("trajectory_steps").Kind() == pyjson.KindArray {
			return byShape
		}
		return notMine
	},
	parse: parseR2E,
}

func parseR2E(rec format.Record, v pyjson.Value) (*format.Trajectory, error) {
	prompt, err := r2ePrompt(v, rec.Instance)
	if err != nil {
		return nil, err
	}
	t := &format.Trajectory{
		InstanceID: pyjson.FirstScalar(v.Get("ds", "instance_id"), v.Get("docker_image")),
		ExitStatus: v.Get("exit_reason").Text(), Patch: v.Get("output_patch").Text(),
	}
	if system := v.Get("agent_args", "system_prompt").Text(); system != "" {
		t.Messages = append(t.Messages, format.Message{Role: format.System, Content: system})
	} else {
		t.SystemUnrecorded = true
	}
	t.Messages = append(t.Messages, format.Message{Role: format.User, Content: prompt})
	for i, step := range v.Get("trajectory_steps").Elements() {
		if err := addR2EStep(t, step); err != nil {
			return nil, format.Within(err, format.Place("step", i))
		}
	}
	identify(t, v)
	t.Repo = format.NameOr(t.Repo, repoOf(v.Get("ds"), t.InstanceID))
	t.Teacher = format.NameOr(t.Teacher, v.Get("agent_args", "llm_name").Text())
	return t, nil
}

// addR2EStep appends what the model wrote, its thought above its call, and
// what it got back.
func addR2EStep(t *format.Trajectory, step pyjson.Value) error {
	for _, name := range []string{"thought", "action", "observation"} {
		if member := step.Get(name); member.Present() && member.Kind() != pyjson.KindText {
			return format.Rejectf(format.BadMessage, "%s is %s, not a string", name, member.Kind())
		}
	}
	answer := format.JoinTexts(step.Get("thought").Text(), step.Get("action").Text())
	t.Messages = append(t.Messages, format.Message{Role: format.Assistant, Content: answer})
	if observation := step.Get("observation"); observation.Present() {
		t.Messages = append(t.Messages, format.Message{Role: format.User, Content: observation.Text()})
	}
	t.PromptTokens += step.Get("token_usage_prompt").Count()
	t.CompletionTokens += step.Get("token_usage_completion").Count()
	return nil
}

// r2ePrompt fills the instance template as the scaffold does. What it cannot
// fill from the record is a reason to refuse it.
func r2ePrompt(v pyjson.Value, given string) (string, error) {
	template := format.NameOr(v.Get("agent_args", "instance_prompt").Text(), given)
	switch {
	case template == "":
		return "", format.Rejectf(format.NoPrompt, "no agent_args.instance_prompt: R2E-Gym does not record its messages, and without that template they cannot be known: supply it")
	case pyjson.IsTrue(v.Get("agent_args", "use_demo")):
		return "", format.Rejectf(format.NoPrompt, "the agent was shown a demonstration (use_demo) whose text is not recorded")
	}
	return fillTemplate(template, map[string]string{
		"problem_statement": v.Get("problem_statement").Text(),
		"base_commit":       pyjson.FirstScalar(v.Get("ds", "base_commit"), v.Get("ds", "commit_hash")),
		"working_dir":       "/testbed", // a constant of the scaffold, in Agent.run
	})
}

// fillTemplate does what Python's str.format does with named slots.
func fillTemplate(template string, slots map[string]string) (string, error) {
	var b strings.Builder
	for {
		i := strings.IndexAny(template, "{}")
		if i < 0 {
			b.WriteString(template)
			return b.String(), nil
		}
		b.WriteString(template[:i])
		rest := template[i+1:]
		if strings.HasPrefix(rest, template[i:i+1]) {
			b.WriteByte(template[i])
			template = rest[1:]
			continue
		}
		name, after, closed := strings.Cut(rest, "}")
		text := slots[name]
		if template[i] == '}' || !closed || text == "" {
			return "", format.Rejectf(format.NoPrompt, "the instance template has the slot %q, which the record does not fill", pyjson.Clip("{"+name+"}"))
		}
		b.WriteString(text)
		template = after
	}
}
