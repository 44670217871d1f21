package format

import "strings"

// r2egym reads R2E-Gym's trajectory lines. They record steps, not messages:
// the conversation is what the agent's arguments, the problem statement and
// the steps give word for word.
var r2egym = Dialect{
	Name:    "r2e-gym",
	Summary: "R2E-Gym trajectory lines: steps of thought, action and observation; success is in reward",
	Limits: "the line \"Steps Remaining\" that the scaffold puts below each turn is not recorded and not rebuilt; " +
		"lines without agent_args, whose templates hold the system and the instance text, need both supplied",
	claim: func(_ Record, v value) claim {
		if v.get("trajectory_steps").kind() == kindArray {
			return byShape
		}
		return notMine
	},
	parse: parseR2E,
}

func parseR2E(rec Record, v value) (*Trajectory, error) {
	prompt, err := r2ePrompt(v, rec.instance)
	if err != nil {
		return nil, err
	}
	t := &Trajectory{
		InstanceID: firstScalar(v.get("ds", "instance_id"), v.get("docker_image")),
		ExitStatus: v.get("exit_reason").text(), Patch: v.get("output_patch").text(),
	}
	if system := v.get("agent_args", "system_prompt").text(); system != "" {
		t.Messages = append(t.Messages, Message{Role: System, Content: system})
	} else {
		t.SystemUnrecorded = true
	}
	t.Messages = append(t.Messages, Message{Role: User, Content: prompt})
	for i, step := range v.get("trajectory_steps").elements() {
		if err := t.addR2EStep(step); err != nil {
			return nil, within(err, place("step", i))
		}
	}
	t.identify(v)
	t.Repo = nameOr(t.Repo, repoOf(v.get("ds"), t.InstanceID))
	t.Teacher = nameOr(t.Teacher, v.get("agent_args", "llm_name").text())
	return t, nil
}

// addR2EStep appends what the model wrote, its thought above its call, and
// what it got back.
func (t *Trajectory) addR2EStep(step value) error {
	for _, name := range []string{"thought", "action", "observation"} {
		if member := step.get(name); member.present() && member.kind() != kindText {
			return reject(BadMessage, "%s is %s, not a string", name, member.kind())
		}
	}
	answer := joinTexts(step.get("thought").text(), step.get("action").text())
	t.Messages = append(t.Messages, Message{Role: Assistant, Content: answer})
	if observation := step.get("observation"); observation.present() {
		t.Messages = append(t.Messages, Message{Role: User, Content: observation.text()})
	}
	t.PromptTokens += step.get("token_usage_prompt").count()
	t.CompletionTokens += step.get("token_usage_completion").count()
	return nil
}

// r2ePrompt fills the instance template as the scaffold does. What it cannot
// fill from the record is a reason to refuse it.
func r2ePrompt(v value, given string) (string, error) {
	template := nameOr(v.get("agent_args", "instance_prompt").text(), given)
	switch {
	case template == "":
		return "", reject(NoPrompt, "no agent_args.instance_prompt: R2E-Gym does not record its messages, and without that template they cannot be known: supply it")
	case string(v.get("agent_args", "use_demo").raw()) == "true":
		return "", reject(NoPrompt, "the agent was shown a demonstration (use_demo) whose text is not recorded")
	}
	return fillTemplate(template, map[string]string{
		"problem_statement": v.get("problem_statement").text(),
		"base_commit":       firstScalar(v.get("ds", "base_commit"), v.get("ds", "commit_hash")),
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
			return "", reject(NoPrompt, "the instance template has the slot %q, which the record does not fill", clip("{"+name+"}"))
		}
		b.WriteString(text)
		template = after
	}
}
