package yard

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"trainyard/launch"
)

// environment reads NAME, whose value is this process's, and NAME=value. The value of a
// secret stands in no argv: it has to come by its name.
func environment(words []string) ([]launch.Env, error) {
	var env []launch.Env
	var faults []error
	for _, word := range words {
		name, value, given := strings.Cut(word, "=")
		switch {
		case name == "" || strings.ContainsAny(name, " \t\n"):
			faults = append(faults, fmt.Errorf("--env %q: give NAME, or NAME=value", word))
		case given && launch.SecretName(name):
			faults = append(faults, fmt.Errorf("--env %s=…: a secret on a command line can be read by every process: set it in the environment, and say --env %s", name, name))
		case given:
			env = append(env, launch.Env{Name: name, Value: value})
		case os.Getenv(name) == "":
			faults = append(faults, fmt.Errorf("--env %s: it is not set in this environment", name))
		default:
			env = append(env, launch.Env{Name: name, Value: os.Getenv(name)})
		}
	}
	return env, errors.Join(faults...)
}
