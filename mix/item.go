package mix

import (
	"hash/maphash"

	"trainyard/mix/shard"
)

// An Item is what planning knows of one trajectory: where it lies and how
// long it is, never what it says. A million of them fit in memory.
type Item struct {
	Source   int32 // index into Config.Sources
	Repo     int32 // interned repository; 0 is the empty name
	Instance int32 // interned instance id; 0 is the empty name
	Tokens   int32 // length under the template
	Trained  int32 // tokens inside the loss
	Steps    int32 // assistant turns
	Bytes    int32 // text size in a shard, before compression
	Digest   digest

	at extent // where its row lies in the spool
}

// size is the item's weight in the given unit.
func (it *Item) size(u Unit) int64 {
	if u == Tokens {
		return int64(it.Tokens)
	}
	return 1
}

// A Unit is what budgets and shares are counted in.
type Unit string

const (
	Trajectories Unit = "trajectories"
	Tokens       Unit = "tokens"
)

// digest identifies a chat's text within this process: two hashes with seeds
// of their own, so that a million texts clash with odds of 1 in 10^26.
type digest [2]uint64

var digestSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// contentDigest digests a conversation: roles and contents, each with its
// length. It is ten times as fast as SHA-256 and never leaves the process.
func contentDigest(messages []shard.Message) (d digest) {
	var h maphash.Hash
	for i, seed := range digestSeeds {
		h.SetSeed(seed)
		for _, m := range messages {
			maphash.WriteComparable(&h, [2]int{len(m.Role), len(m.Content)})
			h.WriteString(m.Role)
			h.WriteString(m.Content)
		}
		d[i] = h.Sum64()
	}
	return d
}

// names interns strings, so that items hold numbers. Number 0 is "".
type names struct {
	ids  map[string]int32
	list []string
}

func newNames() *names { return &names{ids: map[string]int32{"": 0}, list: []string{""}} }

func (n *names) id(s string) int32 {
	if id, ok := n.ids[s]; ok {
		return id
	}
	id := int32(len(n.list))
	n.ids[s] = id
	n.list = append(n.list, s)
	return id
}
