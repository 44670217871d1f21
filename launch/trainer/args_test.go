package trainer

import (
	"reflect"
	"testing"

	"trainyard/launch"
)

// TestEveryMemberOfAProgressLineIsRead keeps the contract that is told to
// writers of trainers true.
func TestEveryMemberOfAProgressLineIsRead(t *testing.T) {
	bare, ok := launch.ParseMetric([]byte(`{"current_steps": 3}`))
	if !ok || bare.Step != 3 {
		t.Fatalf("current_steps alone gives %+v, %v", bare, ok)
	}
	for _, a := range progressArgs {
		if a.Required {
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
}

func TestWhatIsToldOfTrainersIsOfTrainersThatExist(t *testing.T) {
	for name := range Args {
		if Trainers[name] == nil {
			t.Errorf("Args tell of %q", name)
		}
	}
	for name := range Trainers {
		if Args[name] == nil && Notes[name] == "" {
			t.Errorf("nothing tells what %s takes", name)
		}
	}
}
