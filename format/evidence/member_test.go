package evidence

import (
	"testing"

	"trainyard/format"
	"trainyard/format/pyjson"
)

func TestMembersAreFoundAtTheirPlaces(t *testing.T) {
	src := []byte(` { "a" : "x\"},{" , "b":[{"a":1},"]"], "\u0061" : -1.5e3 ,"c":{"b":{}} , "d":null}`)
	err := pyjson.WithIndex(src, func(v pyjson.Value) error {
		for _, key := range []string{"a", "b", "c", "d", "missing"} {
			traj := format.Trajectory{Places: v.Places()}
			if got, want := string(member(&traj, format.Record{Raw: src}, key)), string(v.Get(key).Raw()); got != want {
				t.Errorf("%s: got %q, want %q", key, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
