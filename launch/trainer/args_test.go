package trainer

import "testing"

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
