package format

import "strings"

// swift reads the two shapes of its own that ms-swift takes besides OpenAI's
// and ShareGPT's: pairs, and a query with the history before it.
var swift = Dialect{
	Name:    "ms-swift",
	Summary: "ms-swift rows: query, response and history, or conversation pairs of human and assistant",
	Limits:  "text only; rows with <img> tags, images, videos or audios are rejected",
	claim: func(_ Record, v value) claim {
		switch {
		case v.get("query").kind() == kindText && v.get("response").kind() == kindText && !v.get("messages").present():
			return byShape
		case len(pairsOf(v)) > 0:
			return byShape
		}
		return notMine
	},
	parse: parseSwift,
}

func pairsOf(v value) (pairs []value) {
	for _, pair := range v.get("conversation").elements() {
		if pair.get("human").kind() != kindText || pair.get("assistant").kind() != kindText {
			return nil
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

func parseSwift(_ Record, v value) (*Trajectory, error) {
	for _, key := range []string{"images", "videos", "audios"} {
		if v.get(key).length() > 0 {
			return nil, reject(ImagePart, "the row has %s: only text can be trained on", key)
		}
	}
	t := &Trajectory{}
	if system := v.get("system").text(); system != "" {
		t.Messages = append(t.Messages, Message{Role: System, Content: system})
	}
	for _, pair := range pairsOf(v) {
		t.addPair(pair.get("human"), pair.get("assistant"))
	}
	for i, pair := range v.get("history").elements() {
		var both []value
		for _, side := range pair.elements() {
			both = append(both, side)
		}
		if len(both) != 2 {
			return nil, reject(BadMessage, "history %d is no pair of question and answer", i+1)
		}
		t.addPair(both[0], both[1])
	}
	if v.get("response").present() {
		t.addPair(v.get("query"), v.get("response"))
	}
	for i, m := range t.Messages {
		if strings.Contains(m.Content, "<img>") || strings.Contains(m.Content, "<image>") {
			return nil, reject(ImagePart, "turn %d shows an image: only text can be trained on", i+1)
		}
	}
	t.identify(v)
	return t, nil
}

func (t *Trajectory) addPair(question, answer value) {
	t.Messages = append(t.Messages, Message{Role: User, Content: question.text()}, Message{Role: Assistant, Content: answer.text()})
}
