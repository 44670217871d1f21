package evidence

import (
	"strings"

	"trainyard/format"
)

// submitReview is what SWE-agent answers to a first call of submit (its tool
// review_on_submit): the end of what the agent has observed of its task.
const submitReview = "Thank you for your work on this issue."

// observationLoad is SERA's measure of how much an agent has to read (filter.py,
// user_length): tokens of the user turns before the review, by half the number of
// turns. SERA drops what is over 600 by Qwen3-8B's tokenizer; here the student's
// counts.
func observationLoad(s Subject) float64 {
	turns := s.Chat
	if turns == nil {
		turns = asChat(s.Trajectory)
	}
	if s.CountTokens == nil || len(turns) < 2 {
		return 0
	}
	tokens := 0
	for _, turn := range turns {
		if turn.Role != format.User {
			continue
		}
		if strings.Contains(turn.Content, submitReview) {
			break
		}
		tokens += s.CountTokens(turn.Content)
	}
	return float64(tokens) / float64(len(turns)/2)
}

// asChat are the messages of a trajectory that no style writes, results as user
// turns.
func asChat(t *format.Trajectory) (turns format.Chat) {
	for _, m := range t.Messages {
		turn := format.Turn{Role: m.Role, Content: m.Content}
		if m.Role == format.ToolRole {
			turn.Role = format.User
		}
		turns = append(turns, turn)
	}
	return turns
}
