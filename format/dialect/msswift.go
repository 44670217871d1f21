package dialect

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// swift reads the two shapes of its own that ms-swift takes besides OpenAI's
// and ShareGPT's: pairs, and a query with the history before it.
var swift = Dialect{
	Name:    "ms-swift",
	Summary: "ms-swift rows: query, response and history, or conversation pairs of human and assistant",
	repeats: true,
	Limits:  "text only; rows with <img> tags, images, videos or audios are rejected",
	claim: func(_ format.Record, v pyjson.Value) claim {
		switch {
		case v.Get("query").Kind() == pyjson.KindText && v.Get("response").Kind() == pyjson.KindText && !v.Get("messages").Present():
			return byShape
		case len(pairsOf(v)) > 0:
			return byShape
		}
		return notMine
	},
	parse: parseSwift,
}

func pairsOf(v pyjson.Value) (pairs []pyjson.Value) {
	for _, pair := range v.Get("conversation").Elements() {
		if pair.Get("human").Kind() != pyjson.KindText || pair.Get("assistant").Kind() != pyjson.KindText {
			return nil
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

func parseSwift(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	t := &format.Trajectory{}
	for _, pair := range pairsOf(v) {
		addPair(t, pair.Get("human"), pair.Get("assistant"))
	}
	for i, pair := range v.Get("history").Elements() {
		var both []pyjson.Value
		for _, side := range pair.Elements() {
			both = append(both, side)
		}
		if len(both) != 2 {
			return nil, format.Rejectf(format.BadMessage, "history %d is no pair of question and answer", i+1)
		}
		addPair(t, both[0], both[1])
	}
	if v.Get("response").Present() {
		addPair(t, v.Get("query"), v.Get("response"))
	}
	withSystem(t, v.Get("system").Text())
	identify(t, v)
	return t, nil
}

func addPair(t *format.Trajectory, question, answer pyjson.Value) {
	t.Messages = append(t.Messages, format.Message{Role: format.User, Content: question.Text()}, format.Message{Role: format.Assistant, Content: answer.Text()})
}
