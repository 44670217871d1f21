package format

import "testing"

func TestMembersAreFoundAtTheirPlaces(t *testing.T) {
	src := []byte(` { "a" : "x\"},{" , "b":[{"a":1},"]"], "\u0061" : -1.5e3 ,"c":{"b":{}} , "d":null}`)
	err := withIndex(src, func(v value) error {
		for _, key := range []string{"a", "b", "c", "d", "missing"} {
			traj := Trajectory{places: v.places()}
			if got, want := string(traj.member(Record{Raw: src}, key)), string(v.get(key).raw()); got != want {
				t.Errorf("%s: got %q, want %q", key, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
