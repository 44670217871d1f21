package launch_test

import (
	"reflect"
	"testing"

	"trainyard/launch"
	"trainyard/launch/trainer"
)

// TestEveryMemberOfAProgressLineIsRead keeps the contract that is told to writers of
// trainers true.
func TestEveryMemberOfAProgressLineIsRead(t *testing.T) {
	bare, ok := launch.ParseMetric([]byte(`{"current_steps": 3}`))
	if !ok || bare.Step != 3 {
		t.Fatalf("current_steps alone gives %+v, %v", bare, ok)
	}
	members := 0
	for _, a := range trainer.Args["command"] {
		if a.Kind != "progress line" {
			continue
		}
		if members++; a.Required {
			continue
		}
		line := `{"current_steps": 3, "` + a.Name + `": "1:02:03"}`
		if a.Name != "elapsed_time" && a.Name != "remaining_time" {
			line = `{"current_steps": 3, "` + a.Name + `": 7}`
		}
		if got, ok := launch.ParseMetric([]byte(line)); !ok || reflect.DeepEqual(got, bare) {
			t.Errorf("%s: %s is read as if it had none", a.Name, line)
		}
	}
	if members < 5 {
		t.Errorf("%d members are told", members)
	}
}
