package report

import (
	"cmp"
	"hash/fnv"
	"slices"
	"unicode/utf8"

	"trainyard/format/secret"
	"trainyard/mix"
	"trainyard/mix/sample"
	"trainyard/mix/shard"
)

// shownRows of each source are shown, of each so many messages from either end,
// and of each message so many bytes from either end: some 25 kB a conversation.
const (
	shownRows    = 3
	shownTurns   = 10
	shownOfStart = 900
	shownOfEnd   = 300
)

// A picked row may be an example: those with the lowest keys are.
type picked struct {
	key uint64
	row shard.Row
}

// pick keeps the row among the examples where its key is low enough.
func (g *gathered) pick(seed int64, row *shard.Row) {
	h := fnv.New64a()
	h.Write([]byte(row.TrajID))
	key := sample.Key(seed, "example of "+row.Source, h.Sum64())
	if len(g.picked) < shownRows || key < g.picked[len(g.picked)-1].key {
		g.picked = lowest(append(g.picked, picked{key, *row}))
	}
}

func lowest(list []picked) []picked {
	slices.SortFunc(list, func(a, b picked) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.row.TrajID, b.row.TrajID))
	})
	return list[:min(len(list), shownRows)]
}

// shown are the examples of all sources, in the manifest's order.
func (r *reading) shown(m *mix.Manifest) []Example {
	list := []Example{}
	for _, s := range m.Sources {
		for _, p := range r.source(s.Name).picked {
			list = append(list, exampleOf(&p.row))
		}
	}
	return list
}

func exampleOf(row *shard.Row) Example {
	e := Example{
		Source: row.Source, TrajID: clean(row.TrajID), InstanceID: clean(row.InstanceID), Repo: clean(row.Repo), Teacher: clean(row.Teacher),
		Tokens: row.NTokens, Steps: row.NSteps,
	}
	n := len(row.Messages)
	for i, m := range row.Messages {
		if i >= shownTurns && i < n-shownTurns {
			e.LeftOut++
			continue
		}
		if i < shownTurns {
			e.CutAt = i + 1
		}
		text, redacted := withoutSecrets(m.Content)
		shown, left := cutMiddle(clean(text), shownOfStart, shownOfEnd)
		e.Redacted += redacted
		e.Messages = append(e.Messages, Message{Number: i + 1, Role: m.Role, Learned: m.Role == "assistant" && !m.Untrained, Text: shown, LeftOut: left})
	}
	return e
}

// withoutSecrets puts the kind of a secret in its place.
func withoutSecrets(text string) (string, int) {
	spans := secret.Find(text)
	for _, s := range slices.Backward(spans) {
		text = text[:s.Start] + "[redacted: " + s.Rule + "]" + text[s.End:]
	}
	return text, len(spans)
}

// cutMiddle leaves the start and the end of a text, and counts the characters
// between them.
func cutMiddle(text string, start, end int) (shown string, left int) {
	if len(text) <= start+end+len("[… 999,999 characters …]") {
		return text, 0
	}
	head, tail := text[:start], text[len(text)-end:]
	for !utf8.ValidString(head) {
		head = head[:len(head)-1]
	}
	for tail != "" && !utf8.RuneStart(tail[0]) {
		tail = tail[1:]
	}
	left = utf8.RuneCountInString(text[len(head) : len(text)-len(tail)])
	return head + "\n[… " + counted(int64(left), "character", "characters") + " left out …]\n" + tail, left
}
