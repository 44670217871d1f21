package report

import "trainyard/mix"

// outputWords say what a row holds, by output.
var outputWords = map[string]string{
	"messages": "one trajectory as text",
	"turns":    "one trajectory as text, which says of each message whether it is learned from",
	"tokens":   "one trajectory as token ids",
	"packed":   "a window that holds the token ids of several trajectories, one behind the other",
}

// rowWords say what a row of a dataset is.
func rowWords(m *mix.Manifest) string {
	words := "A row is " + outputWords[m.Output]
	if m.OverWindow == "split" {
		words += "; of a trajectory that is longer than the window it is a part"
	}
	return words + "."
}
