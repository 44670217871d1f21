package yard

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/recipes"
)

// A ConfigChange is a key that not all sides say alike.
type ConfigChange struct {
	Key string `json:"key"`
	// Values are those of the sides, in their order: of several runs each value once,
	// joined by commas; empty where a side says none.
	Values []string `json:"values"`
}

// saidBy reads what the recipe of each run says: the copy that the run keeps, or where
// that lies on another machine what the ledger has of the job.
func (y *Yard) saidBy(sides []Side) map[string]map[string]string {
	kept := func(id string) string { return filepath.Join(y.Home, "runs", id, launch.RecipeCopy) }
	said, byJob := map[string]map[string]string{}, false
	for _, s := range sides {
		for _, r := range s.Runs {
			recipe, err := recipes.Load(kept(r.ID), nil)
			if err != nil {
				byJob = true
				break
			}
			said[r.ID] = settingsSaid(recipe)
			placeSaid(r.run.Job, said[r.ID])
		}
	}
	for _, s := range sides {
		for _, r := range s.Runs {
			if byJob { // or keys would differ by where they were read
				said[r.ID] = jobSaid(r.run.Job)
			}
		}
	}
	return said
}

func settingsSaid(r *recipes.Recipe) map[string]string {
	said := map[string]string{}
	for _, s := range r.Settings() {
		if s.Key != "name" && s.Key != "summary" && !strings.HasPrefix(s.Key, "sweep.") && !unset(s) {
			said[s.Key] = s.Text()
		}
	}
	return said
}

// unset says that a key has no value: it is empty, or of an evaluation -1, which stands
// for what was not said.
func unset(s recipes.Setting) bool {
	switch s.Text() {
	case "", `""`, "[]", "{}", "null":
		return true
	case "-1":
		return strings.HasPrefix(s.Key, "eval.")
	}
	return false
}

// placeSaid adds where a job ran, which is in no recipe.
func placeSaid(j launch.Job, said map[string]string) {
	said["--backend"], said["--gpus"], said["--nodes"] = j.Backend, words(j.Devices()), words(j.NodeCount())
}

// configChanges keeps the keys on which sides differ. Sides of the same seeds do not
// differ by them.
func configChanges(sides []Side, said map[string]map[string]string) []ConfigChange {
	keys := map[string]bool{}
	for _, of := range said {
		for key := range of {
			keys[key] = true
		}
	}
	changes := []ConfigChange{}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		c := ConfigChange{Key: key}
		for _, s := range sides {
			var values []string
			for _, r := range s.Runs {
				if v := said[r.ID][key]; !slices.Contains(values, v) {
					values = append(values, v)
				}
			}
			slices.Sort(values)
			c.Values = append(c.Values, strings.Join(values, ", "))
		}
		if slices.ContainsFunc(c.Values, func(v string) bool { return v != c.Values[0] }) {
			changes = append(changes, c)
		}
	}
	return changes
}
