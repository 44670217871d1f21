package redact

import (
	"regexp"
	"strings"
)

// A shape finds a kind of credential; its group is the secret. Shapes are wider than
// format/secret, which must find nothing in ordinary code: here a false alarm costs one
// hole in a sentence, or a moment of the user, and a miss writes a password to disk.
type shape struct {
	anchors []string // literals of which every match holds one, in any case of letters; the pattern runs around them
	before  int      // bytes that are looked at before a literal: one more than a match may have there
	needs   byte     // that every match has behind it; 0: none
	pattern *regexp.Regexp
}

func shaped(anchors string, before int, needs byte, pattern string) shape {
	return shape{strings.Fields(anchors), before, needs, regexp.MustCompile(pattern)}
}

var shapes = []shape{
	shaped("hf_ sk- ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- akia aiza xoxa- xoxb- xoxp- xoxr- xoxs- k_live_ k_test_ k_prod_", 2, 0,
		`\b(hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{20,}|AKIA[0-9A-Z]{16}\b|AIza[0-9A-Za-z_-]{35}|xox[abprs]-[A-Za-z0-9-]{10,}|[sr]k_(?:live|test|prod)_[A-Za-z0-9]{8,})`),
	// A JSON web token; user:password@host; headers.
	shaped("eyj", 1, '.', `\b(eyJ[A-Za-z0-9_-]{6,}\.eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,})`),
	shaped("://", 32, '@', `[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@"']*:([^/\s@"'$<{\[][^/\s@"']*)@`),
	shaped("authorization", 1, 0, `(?i)\bauthorization["']?\s*[:=]\s*["']?[a-z]+\s+([^\s"',;$<{\[][^\s"',;]{5,})`),
	shaped("authorization", 1, 0, `(?i)\bauthorization["']?\s*[:=]\s*["']?([^\s"',;$<{\[][^\s"',;]{11,})`),
	shaped("bearer", 1, 0, `(?i)\bbearer\s+([A-Za-z0-9._~+/=-]{12,})`),
	// An assignment or a member of JSON whose name says it; a flag; a query.
	shaped("passw passphrase api_key api-key apikey secret_key secret-key secretkey client_secret client-secret clientsecret access_token access-token accesstoken auth_token auth-token authtoken refresh_token refresh-token refreshtoken", 2, 0,
		`(?i)(?:\b|_)(?:passw(?:or)?d|passphrase|api[_-]?key|secret[_-]?key|client[_-]?secret|(?:access|auth|refresh)[_-]?token)\\?["']?\s*[:=]\s*\\?["']?([^\s"',;:=$<{\[(\\][^\s"',;\\]{5,})`),
	shaped("--pass --api --secret --hub --hf --access --auth --github", 1, 0,
		`(?i)--(?:password|passwd|passphrase|api[_-]key|secret[_-]key|(?:hub|hf|api|access|auth|github)[_-]token)\s+([^\s"',;$<{\[-][^\s"',;]{5,})`),
	shaped("token= key= sig= signature= credential=", 64, 0,
		`(?i)[?&](?:[a-z_-]*token|key|sig|signature|x-amz-(?:signature|credential|security-token))=([^&\s"']{6,})`),
}

// keyHeader begins a private key, whose lines follow.
var keyHeader = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----`)

// keyMark is a part of every such header.
const keyMark = "PRIVATE KEY"

// keyBody is where the body of a private key ends that goes on at a place of text: behind
// the last line that holds nothing but base64. whole says that a line begins there. open
// says that more of it may come.
func keyBody(text []byte, at int, whole bool) (end int, open bool) {
	for end = at; end < len(text); {
		start := end
		for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
			end++
		}
		for end < len(text) && keyByte(text[end]) {
			end++
		}
		switch {
		case end == len(text):
			return end, true
		case text[end] != '\n' && text[end] != '\r' && (whole || start > at):
			return start, false // an END line, or other words
		case text[end] != '\n' && text[end] != '\r':
			return end, false
		}
		end++
	}
	return end, true
}

func keyByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '+' || c == '/' || c == '=' || c == '\\'
}
