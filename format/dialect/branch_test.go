package dialect

import (
	"strings"
	"testing"
)

func TestTheLeafPathLeavesBranchesOut(t *testing.T) {
	for _, row := range []struct{ tree, want string }{
		{"a- b- c-", "abc"},    // no links: a list
		{"a- ba cb", "abc"},    // a chain
		{"a- ba ca", "ac"},     // an edited turn
		{"a- ba xz cb", "abc"}, // x hangs nowhere, c is the leaf
		{"ab ba", "ab"},        // a ring ends
		{"a- ba cb d-", "d"},   // a new root
		{"a- ba ax cb", "abc"}, // a copied line counts once, where it stood first
		{"ax ba", "ab<x"},      // what came before is not there
		{"a- bx cb", "bc<x"},   // nor here
		{"ax by", "ab<x"},      // nothing is linked, and should be
	} {
		var lines []branch
		for _, pair := range strings.Fields(row.tree) {
			lines = append(lines, branch{id: pair[:1], parent: strings.Trim(pair[1:], "-"), spoken: true})
		}
		got := ""
		on, lost := newTree(lines).path()
		for i := range on {
			if on[i] {
				got += lines[i].id
			}
		}
		if lost != "" {
			got += "<" + lost
		}
		if got != row.want {
			t.Errorf("%s: got %q, want %q", row.tree, got, row.want)
		}
	}
}
