package yard

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"trainyard/launch"
)

// variable are the names that every place can set, those with a shell too.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// environment reads NAME, whose value is this process's, and NAME=value. The value of a
// secret stands in no argv: it has to come by its name, and what comes so is stored
// nowhere. Unset are those that have no value here, without which only a dry run goes on.
func environment(words []string) (env []launch.Env, unset, err error) {
	var faults, missing []error
	for _, word := range words {
		name, value, given := strings.Cut(word, "=")
		switch {
		case !variable.MatchString(name):
			faults = append(faults, fmt.Errorf("--env %q: give NAME, or NAME=value, with a name of letters, digits and _", name))
		case given && launch.SecretName(name):
			faults = append(faults, fmt.Errorf("--env %s=…: a secret on a command line can be read by every process: set it in the environment, and say --env %s", name, name))
		case given:
			env = append(env, launch.Env{Name: name, Value: value})
		case os.Getenv(name) == "":
			missing = append(missing, untoldError{fmt.Errorf("--env %s: it is not set in this environment", name)})
			env = append(env, launch.Env{Name: name, Named: true})
		default:
			env = append(env, launch.Env{Name: name, Value: os.Getenv(name), Named: true})
		}
	}
	return env, errors.Join(missing...), errors.Join(faults...)
}
