package smoke

import "math"

// unseen is the dense id of every token that no training row holds, and of the
// empty places before a row's first token.
const unseen = 0

// A vocabulary numbers the token ids that occur in the training rows 1, 2, …
// in the order of their ids. A shard uses a few thousand of the some 150,000
// ids of a tokenizer; parameters for those alone keep the model in the
// processor's cache and a checkpoint at a few megabytes.
type vocabulary struct {
	size  int     // ids the tokenizer knows
	ids   []int32 // the id of each dense id; ids[unseen] is -1
	dense []int32 // the dense id of each id
	// rare is the probability of all unseen ids together, shared equally: the
	// Good-Turing estimate, the part of the training tokens whose id occurs
	// once, one added to either side so that it is neither 0 nor 1. It is not
	// learned, since no training token could teach it.
	rare float64
}

// newVocabulary takes how often each id occurs in the training rows, trained
// or not.
func newVocabulary(occurrences []int64) *vocabulary {
	v := &vocabulary{size: len(occurrences), ids: []int32{-1}, dense: make([]int32, len(occurrences))}
	var total, once int64
	for id, n := range occurrences {
		total += n
		if n == 1 {
			once++
		}
		if n > 0 {
			v.dense[id] = int32(len(v.ids))
			v.ids = append(v.ids, int32(id))
		}
	}
	if v.unseenIDs() > 0 {
		v.rare = float64(once+1) / float64(total+once+2)
	}
	return v
}

// unseenIDs counts the ids that no training row holds.
func (v *vocabulary) unseenIDs() int { return v.size - (len(v.ids) - 1) }

// seenLoss is what it costs, in nats, to say that a token is not unseen.
func (v *vocabulary) seenLoss() float64 { return -math.Log1p(-v.rare) }

// unseenLoss is the cost of any one unseen id.
func (v *vocabulary) unseenLoss() float64 {
	return math.Log(float64(v.unseenIDs())) - math.Log(v.rare)
}

// number writes the dense ids of ids to dst, after reach empty places, so that
// every token has a full window before it: token i's window is
// dst[i:i+reach], the token itself dst[i+reach].
func (v *vocabulary) number(dst, ids []int32) []int32 {
	dst = dst[:0]
	for range reach {
		dst = append(dst, unseen)
	}
	for _, id := range ids {
		dst = append(dst, v.dense[id])
	}
	return dst
}

// wordList is vocabulary.json: what names the rows of a saved model. Row 0 of
// the embeddings is unseen; row i+1 is IDs[i], and so is leaf i of the tree,
// which a Huffman code over Counts rebuilds.
type wordList struct {
	Size   int     `json:"size"`
	Rare   float64 `json:"unseen_probability"`
	IDs    []int32 `json:"ids"`
	Counts []int64 `json:"counts"`
}
