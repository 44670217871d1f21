package launch

import (
	"encoding/json"
	"regexp"
)

// An Env is one environment variable for the trainer. Its JSON form leaves
// the value out where the name is that of a secret, so no file or ledger row
// that is made of it can hold one.
type Env struct {
	Name  string
	Value string
}

// Pair returns NAME=value, the form of os/exec. It must not be stored.
func (e Env) Pair() string { return e.Name + "=" + e.Value }

type storedEnv struct {
	Name   string `json:"name"`
	Value  string `json:"value,omitempty"`
	Secret bool   `json:"secret,omitempty"`
}

// MarshalJSON writes {"name","value"}, or {"name","secret":true}.
func (e Env) MarshalJSON() ([]byte, error) {
	if SecretName(e.Name) {
		return json.Marshal(storedEnv{Name: e.Name, Secret: true})
	}
	return json.Marshal(storedEnv{Name: e.Name, Value: e.Value})
}

// UnmarshalJSON reads what MarshalJSON wrote; a secret comes back empty.
func (e *Env) UnmarshalJSON(data []byte) error {
	var s storedEnv
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	e.Name, e.Value = s.Name, s.Value
	return nil
}

// secretWords are matched against the words of a variable's name. Too wide
// costs a missing value in a record; too narrow writes a password to disk.
// DB_PWD and MYSQL_PWD are passwords.
var secretWords = regexp.MustCompile(`(?i)(^|_|-)(token|secret|secrets|password|passwd|pwd|passphrase|credential|credentials|auth|key|apikey|dsn|cookie|pat)($|_|-)`)

// harmlessName matches names that have a secret word and hold none: the
// shell's working directories, the desktop's places and session, and names that
// say that their value is where something lies (SSH_AUTH_SOCK, HF_TOKEN_PATH).
var harmlessName = regexp.MustCompile(`(?i)^(OLD)?PWD$|^XDG_|_(SOCK|SOCKET|PATH|FILE|DIR|HOME)$`)

// SecretName reports whether an environment variable of this name is taken to
// hold a secret: HF_TOKEN, WANDB_API_KEY, AWS_SECRET_ACCESS_KEY, …
func SecretName(name string) bool {
	return secretWords.MatchString(name) && !harmlessName.MatchString(name)
}

// secretParam is narrower than secretWords, because trainers have harmless
// parameters such as eos_token and mask_token.
var secretParam = regexp.MustCompile(`(?i)(^|_|-)((hub|hf|auth|access|api|bearer|wandb|github|login)[_-]?token|api[_-]?key|(access|secret|private)[_-]?key|secret|password|passwd)$`)
