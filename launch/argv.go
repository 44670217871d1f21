package launch

import (
	"regexp"
	"strings"
)

// An argWord is one word of an argument list. A shell's script is one argument
// of many words.
type argWord struct {
	arg  int // its argument's place in the list
	text string
}

// secretArgs finds the arguments that give a value to a secret's name:
// --token X, --api-key=X, KEY=X, as arguments or as words of a script. Those
// that hold a token by its shape are secretValue's business.
func secretArgs(list []any) (found []int) {
	words := argWords(list)
	for i, w := range words {
		name, value, assigned := strings.Cut(w.text, "=")
		at := w.arg
		if !assigned && strings.HasPrefix(name, "-") && i+1 < len(words) {
			value, at = words[i+1].text, words[i+1].arg
		}
		if namesSecret(name) && !harmlessArg(value) {
			found = append(found, at)
		}
	}
	return found
}

func argWords(list []any) (words []argWord) {
	for i, v := range list {
		s, _ := v.(string)
		for _, text := range strings.Fields(s) {
			words = append(words, argWord{i, strings.Trim(text, `"';`)})
		}
	}
	return words
}

// environName is the spelling of environment variables, to which SecretName
// applies. Options are judged more narrowly, as parameters are: --text-key and
// --eos-token are no secrets.
var environName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// secretKey judges the name of a parameter.
func secretKey(name string) bool {
	return secretParam.MatchString(name) || environName.MatchString(name) && SecretName(name)
}

// secretOption has the words that are no secret inside a longer name and are
// one alone: --token, --auth.
var secretOption = regexp.MustCompile(`(?i)^(token|auth|authorization|bearer|apikey|passphrase|pwd|credentials?|pat|dsn|cookie)$`)

func namesSecret(name string) bool {
	name = strings.TrimLeft(name, "-+")              // Hydra adds a key with +
	name = name[strings.LastIndexByte(name, '.')+1:] // trainer.hub_token
	return secretKey(name) || secretOption.MatchString(name)
}

// harmlessArg matches what may follow a secret's name: nothing, another option,
// a switch's word, a shell's variable, and {placeholder} of a trainer.
func harmlessArg(value string) bool {
	value = strings.Trim(value, `"'`)
	switch strings.ToLower(value) {
	case "", "true", "false", "none", "null", "yes", "no", "0", "1":
		return true
	}
	return strings.ContainsAny(value[:1], "-${")
}

// secretParam is narrower than secretWords, because trainers have harmless
// parameters such as eos_token and mask_token.
var secretParam = regexp.MustCompile(`(?i)(^|_|-)((hub|hf|auth|access|api|bearer|wandb|github|login)[_-]?token|api[_-]?key|(access|secret|private)[_-]?key|secret|password|passwd)$`)
