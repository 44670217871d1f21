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
	} {
		var tree []branch
		for _, pair := range strings.Fields(row.tree) {
			tree = append(tree, branch{id: pair[:1], parent: strings.Trim(pair[1:], "-"), spoken: true})
		}
		got := ""
		for i, on := range leafPath(tree) {
			if on {
				got += tree[i].id
			}
		}
		if got != row.want {
			t.Errorf("%s: got %q, want %q", row.tree, got, row.want)
		}
	}
}
