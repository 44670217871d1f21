package redact

import "regexp"

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

// certainWords are those of names that leave no doubt; a key or an auth alone may as well
// name a column: SORT_KEY, METRIC_KEY.
var certainWords = regexp.MustCompile(`(?i)(^|_|-)(token|secret|secrets|password|passwd|pwd|passphrase|credential|credentials|apikey|dsn|(api|access|private|secret|signing|encryption|master|license|ssh|deploy|account|hmac)[_-]key)($|_|-)`)

// identifier matches the names of columns and metrics.
var identifier = regexp.MustCompile(`^([a-z]+([_./:][a-z]+)+|[A-Z]+([_./:][A-Z]+)+)$`)

// longIdentifier is the longest text in letters that is taken for a name.
const longIdentifier = 24

// namesAFigure reports whether a variable's value is the name of a figure, as far as one
// can see: masked, it would take that figure's curve out of a log.
func namesAFigure(name, value string) bool {
	return !certainWords.MatchString(name) && len(value) <= longIdentifier && identifier.MatchString(value)
}
