package evidence

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"trainyard/format/pyjson"
)

// A Harbor job keeps every trial in a directory of its own: result.json,
// agent/trajectory.json, verifier/reward.txt or reward.json. A record is
// judged by the trial that its file lies in, because a job may try one task
// many times; elsewhere by the task's name.

// takeTrial reads a trial's result.json. A trial without a verifier's result
// broke off, and has no verdict.
func (r *reports) takeTrial(path string, root pyjson.Value) {
	reward := root.Get("verifier_result", "rewards", "reward")
	v := rewardVerdict(path, reward)
	r.addTrial(filepath.Dir(path), v)
	for _, name := range []string{"trial_name", "task_name", "task_id"} {
		if id := root.Get(name).Text(); id != "" {
			r.add(id, v)
		}
	}
}

func (r *reports) takeReward(path string, root pyjson.Value) {
	r.addTrial(filepath.Dir(filepath.Dir(path)), rewardVerdict(path, root.Get("reward")))
}

func (r *reports) takeRewardText(path, text string) {
	v := Verdict{Unknown, fmt.Sprintf("%s holds %q, which is no reward", path, pyjson.Clip(text))}
	if f, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
		v = verdictOfReward(path, f)
	}
	r.addTrial(filepath.Dir(filepath.Dir(path)), v)
}

func rewardVerdict(path string, reward pyjson.Value) Verdict {
	if f, ok := reward.Float(); ok {
		return verdictOfReward(path, f)
	}
	return Verdict{Unknown, fmt.Sprintf("%s names no reward", path)}
}

// verdictOfReward takes 1 for success and 0 or less for failure. Between the
// two lies partial success, which a where: expression has to settle.
func verdictOfReward(path string, reward float64) Verdict {
	evidence := fmt.Sprintf("%s: reward %v", path, reward)
	switch {
	case reward >= 1:
		return Verdict{Accepted, evidence}
	case reward <= 0:
		return Verdict{Refused, evidence}
	}
	return Verdict{Unknown, evidence + ", which is neither success nor failure"}
}

func (r *reports) addTrial(dir string, v Verdict) {
	settle(r.trials, absolute(dir), v)
}

// trialOf finds the trial that a file lies in, at most three levels below: by
// its directory, or by the directory's name where a run's report lists trials.
func (r *reports) trialOf(file string) (Verdict, bool) {
	if len(r.trials)+len(r.named) == 0 {
		return Verdict{}, false
	}
	dir := absolute(file)
	for range 3 {
		dir = filepath.Dir(dir)
		if v, ok := r.trials[dir]; ok {
			return v, true
		}
		if v, ok := r.named[filepath.Base(dir)]; ok {
			return v, true
		}
	}
	return Verdict{}, false
}
