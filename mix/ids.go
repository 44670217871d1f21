package mix

import (
	"fmt"
)

// renameShared gives the items that share a trajectory id one of their own: a
// checksum of the text follows it, for all of them, so that the name lasts
// whatever else is read and in whichever order. Repeats of a text are in no
// shard and keep theirs.
func (p *planner) renameShared() map[int32]string {
	count := make(map[string]int32, len(p.items))
	p.eachText(func(_ int32, e *Entry) { count[e.ID]++ })
	renamed := map[int32]string{}
	p.eachText(func(i int32, e *Entry) {
		if count[e.ID] == 1 {
			return
		}
		name := fmt.Sprintf("%s-%08x", e.ID, p.items[i].Text)
		for n := 2; count[name] > 0; n++ { // the text too is that of another
			name = fmt.Sprintf("%s-%08x-%d", e.ID, p.items[i].Text, n)
		}
		count[name] = 1
		renamed[i] = name
	})
	for i, name := range renamed {
		p.entries[p.entryOf[i]].ID = name
	}
	return renamed
}

// eachText visits every item but the repeats of another's text.
func (p *planner) eachText(visit func(item int32, e *Entry)) {
	for i := range p.items {
		if e := &p.entries[p.entryOf[i]]; e.Outcome != Duplicate || e.Reason != UniqueContent {
			visit(int32(i), e)
		}
	}
}
