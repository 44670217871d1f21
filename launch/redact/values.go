package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// MinSecret is the shortest value taken out wherever it stands, in bytes: shorter ones
// are words such as "none" and "true" more often than secrets.
const MinSecret = 8

// minWord is the shortest value taken out at all, where it is no mere word or number and
// stands for itself.
const minWord = 6

// shortWord is the longest value that is left where it is letters of one case, and the
// name of its variable does not say that it is a secret: localhost, disabled.
const shortWord = 11

// A form is a way in which a value may stand in a text.
type form struct {
	text  string
	alone bool // only where no letter or digit stands beside it
}

// values are the forms of the secrets of an environment (NAME=value): of the variables
// whose names say that they are secrets, and of those that named tells. Paths of files
// are none, as GOOGLE_APPLICATION_CREDENTIALS has one.
func values(environ []string, named func(name string) bool) (all []form) {
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		says := SecretName(name)
		switch {
		case !says && !named(name), existingPath(value), namesAFigure(name, value):
		case !says && len(value) <= shortWord && oneCase(value):
		case len(value) >= MinSecret:
			all = append(all, forms(value)...)
		case len(value) >= minWord && !oneCase(value) && !digits(value):
			all = append(all, form{value, true})
		}
	}
	return all
}

// forms are those of one value. Digits alone may be part of any figure.
func forms(value string) (all []form) {
	quoted := strconv.Quote(value)
	inJSON, _ := json.Marshal(value) // a string can always be written
	query := url.QueryEscape(value)
	plain := []string{
		value, quoted[1 : len(quoted)-1], string(inJSON[1 : len(inJSON)-1]), strings.TrimSpace(value),
		query, url.PathEscape(value), strings.NewReplacer("+", "%20", "%2F", "/").Replace(query), // the last is Python's
	}
	for line := range strings.Lines(value) {
		if strings.ContainsFunc(line, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) { // else a ruler
			plain = append(plain, strings.TrimSpace(line))
		}
	}
	for _, text := range plain {
		all = append(all, form{text, digits(text)})
	}
	for _, text := range encoded(value) {
		all = append(all, form{text, false})
	}
	all = slices.DeleteFunc(all, func(f form) bool { return len(f.text) < MinSecret })
	slices.SortFunc(all, func(a, b form) int { return strings.Compare(a.text, b.text) })
	return slices.Compact(all)
}

// encoded are the value in hexadecimal and in base64. Base64 writes three bytes as four
// characters, so that there are three ways in which the inside of a longer text may
// show the value; characters that also depend on what stands beside it are left out.
func encoded(value string) []string {
	value = strings.TrimSpace(value)
	inHex := hex.EncodeToString([]byte(value))
	all := []string{inHex, strings.ToUpper(inHex)}
	for before, skip := range []int{0, 2, 3} {
		padded := append(make([]byte, before), value...)
		whole := len(padded) * 8 / 6
		all = append(all, base64.StdEncoding.EncodeToString(padded)[skip:whole], base64.URLEncoding.EncodeToString(padded)[skip:whole])
	}
	return all
}

func digits(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsDigit(c) })
}

// oneCase reports whether a text is letters that are all small or all capital.
func oneCase(text string) bool {
	if strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) }) {
		return false
	}
	return text == strings.ToLower(text) || text == strings.ToUpper(text)
}

func existingPath(value string) bool {
	if !filepath.IsAbs(value) {
		return false
	}
	_, err := os.Lstat(value)
	return err == nil
}
