package behaviour_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/formattest"
)

func trajectory(t *testing.T, steps ...string) *format.Trajectory {
	t.Helper()
	return formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"q"},`+strings.Join(steps, "")+closing+`]}`)
}

func several(t *testing.T) []*format.Trajectory {
	return []*format.Trajectory{
		trajectory(t, bash("grep -r x ."), bash("sed -i s/a/b/ pkg/m.py"), bash("python -m pytest")),
		trajectory(t, bash("ls"), bash("ls"), bash("ls"), bash("cat a.py")),
		trajectory(t, bash("cd pkg && grep -n y m.py"), failing("make")),
		trajectory(t),
	}
}

// What a tally says of one trajectory, its features and flags say as well.
func TestATallyAgreesWithFeaturesAndFlags(t *testing.T) {
	for i, traj := range several(t) {
		var tally behaviour.Tally
		tally.Add(traj)
		f := behaviour.Measure(traj)
		if int(tally.Steps) != f.Steps || (tally.SourceEdit == 1) != f.SourceEdit || (tally.TestRunner == 1) != f.TestRunner || (tally.RunAfterEdit == 1) != f.RunAfterEdit {
			t.Errorf("trajectory %d: %+v, its features are %+v", i, tally, f)
		}
		sum := int64(0)
		for activity, n := range tally.Activities {
			sum += n
			want := map[behaviour.Activity]float64{
				behaviour.Exploration: f.Exploration, behaviour.Implementation: f.Implementation, behaviour.Verification: f.Verification,
				behaviour.Execution: f.Execution, behaviour.Reasoning: f.Reasoning, behaviour.Closing: f.Closing,
			}[activity]
			if math.Abs(float64(n)/float64(tally.Steps)-want) > 1e-9 {
				t.Errorf("trajectory %d: %d of %d steps are %s, a share of %v", i, n, tally.Steps, activity, want)
			}
		}
		if sum != tally.Steps {
			t.Errorf("trajectory %d: activities of %d steps, there are %d", i, sum, tally.Steps)
		}
		flags := strings.Join(behaviour.Flags(traj, nil), " ")
		if (tally.Loop == 1) != strings.Contains(flags, behaviour.FlagLoop) || (tally.Stuck == 1) != strings.Contains(flags, behaviour.FlagStuck) {
			t.Errorf("trajectory %d: %+v, its flags are %s", i, tally, flags)
		}
	}
}

func TestTalliesOfPartsAddUpToThatOfTheWhole(t *testing.T) {
	var whole, sum behaviour.Tally
	for _, traj := range several(t) {
		whole.Add(traj)
		var part behaviour.Tally
		part.Add(traj)
		sum.Sum(&part)
	}
	if !reflect.DeepEqual(whole, sum) {
		t.Errorf("the parts add up to\n%+v\nthe whole is\n%+v", sum, whole)
	}
	if whole.Trajectories != 4 || whole.Loop != 1 || whole.SourceEdit != 1 || whole.Explored != 3 || whole.Lookups["ls"] != 3 || whole.Shell != 9 {
		t.Errorf("%+v", whole)
	}
}

// Every number of a tally is summed: a field more, left out of Sum, fails here.
func TestEveryNumberOfATallyIsSummed(t *testing.T) {
	var one, two behaviour.Tally
	fields := reflect.ValueOf(&one).Elem()
	for i := range fields.NumField() {
		if f := fields.Field(i); f.Kind() == reflect.Int64 {
			f.SetInt(int64(i + 1))
		}
	}
	one.Calls = map[string]int64{"x": 1}
	two.Sum(&one)
	two.Sum(&one)
	for i := range fields.NumField() {
		if f := reflect.ValueOf(two).Field(i); f.Kind() == reflect.Int64 && f.Int() != 2*int64(i+1) {
			t.Errorf("%s is %d after two sums", fields.Type().Field(i).Name, f.Int())
		}
	}
	if two.Calls["x"] != 2 {
		t.Errorf("calls are %v", two.Calls)
	}
}
