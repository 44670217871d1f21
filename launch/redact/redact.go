package redact

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"trainyard/format/secret"
)

// secretShapes are wider than format/secret, which must find nothing in ordinary
// code: here a false alarm costs one hole in a sentence, or a moment of the user,
// and a miss writes a password to disk. The last group of each is the secret.
var secretShapes = []*regexp.Regexp{
	regexp.MustCompile(`\b(hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{20,}|AKIA[0-9A-Z]{16}\b|AIza[0-9A-Za-z_-]{35}|xox[abprs]-[A-Za-z0-9-]{10,}|[sr]k_(?:live|test|prod)_[A-Za-z0-9]{8,})`),
	regexp.MustCompile(`(-----BEGIN [A-Z ]*PRIVATE KEY-----[\sA-Za-z0-9+/=]*)`),
	regexp.MustCompile(`\b(eyJ[A-Za-z0-9_-]{6,}\.eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,})`),             // JSON web token
	regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@"']*:([^/\s@"'$<{\[][^/\s@"']*)@`),             // user:password@host
	regexp.MustCompile(`(?i)\bauthorization["']?\s*[:=]\s*["']?[a-z]+\s+([^\s"',;$<{\[][^\s"',;]{5,})`), // a header
	regexp.MustCompile(`(?i)\bauthorization["']?\s*[:=]\s*["']?([^\s"',;$<{\[][^\s"',;]{11,})`),
	regexp.MustCompile(`(?i)\bbearer\s+([A-Za-z0-9._~+/=-]{12,})`),
	// An assignment or a member of JSON whose name says it; a flag; a query.
	regexp.MustCompile(`(?i)(?:\b|_)(?:passw(?:or)?d|passphrase|api[_-]?key|secret[_-]?key|client[_-]?secret|(?:access|auth|refresh)[_-]?token)\\?["']?\s*[:=]\s*\\?["']?([^\s"',;:=$<{\[(\\][^\s"',;\\]{5,})`),
	regexp.MustCompile(`(?i)--(?:password|passwd|passphrase|api[_-]key|secret[_-]key|(?:hub|hf|api|access|auth|github)[_-]token)\s+([^\s"',;$<{\[-][^\s"',;]{5,})`),
	regexp.MustCompile(`(?i)[?&](?:[a-z_-]*token|key|sig|signature|x-amz-(?:signature|credential|security-token))=([^&\s"']{6,})`),
}

const redacted = "[redacted]"

// HoldsSecret reports whether something in text is shaped like a credential.
func HoldsSecret(text string) bool { return redactShapes(text) != text }

// Text replaces in text what looks like a credential, and every value that
// environ (NAME=value) gives to a secret's name, as it is and as it is written in
// quotes, in JSON and in URLs. It is for words of the trainer, such as the last
// line of its log, that end in a record, and it comes before anything is quoted
// or cut, because half a secret is not recognised. It leaves alone what would only
// make holes in the words: short values, and paths of files, as
// GOOGLE_APPLICATION_CREDENTIALS has one.
func Text(text string, environ []string) string {
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if len(value) >= MinSecret && SecretName(name) && !existingPath(value) {
			for _, form := range forms(value) {
				text = strings.ReplaceAll(text, form, redacted)
			}
		}
	}
	return redactShapes(text)
}

// MinSecret is the shortest value taken out, in bytes: shorter ones are words such as
// "none" and "true" more often than secrets.
const MinSecret = 8

// forms are the ways in which a value may stand in a log, the longest first. Of a
// value of several lines, each line may stand alone.
func forms(value string) []string {
	quoted := strconv.Quote(value)
	inJSON, _ := json.Marshal(value) // a string can always be written
	all := []string{value, quoted[1 : len(quoted)-1], string(inJSON[1 : len(inJSON)-1]), url.QueryEscape(value), url.PathEscape(value), strings.TrimSpace(value)}
	for line := range strings.Lines(value) {
		all = append(all, strings.TrimSpace(line))
	}
	all = slices.DeleteFunc(all, func(form string) bool { return len(form) < MinSecret })
	slices.SortStableFunc(all, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(all)
}

func redactShapes(text string) string {
	var b strings.Builder
	at := 0
	for _, span := range secret.Find(text) {
		b.WriteString(text[at:span.Start] + redacted)
		at = span.End
	}
	text = b.String() + text[at:]
	for _, shape := range secretShapes {
		text = redactGroup(shape, text)
	}
	return text
}

// redactGroup replaces the group of every match.
func redactGroup(shape *regexp.Regexp, text string) string {
	var b strings.Builder
	at := 0
	for _, m := range shape.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[at:m[2]])
		b.WriteString(redacted)
		at = m[3]
	}
	return b.String() + text[at:]
}

func existingPath(value string) bool {
	if !filepath.IsAbs(value) {
		return false
	}
	_, err := os.Lstat(value)
	return err == nil
}
