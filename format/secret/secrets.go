package secret

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A secretRule recognises one kind of credential by the shape that its
// issuer gives it.
//
// The table is our own, after the public documentation of each issuer and
// the rule set of gitleaks (v8.30.1, MIT), whose prefixed rules it follows.
// Using gitleaks itself was tried: its default rules read trajectories at
// 0.1 to 0.3 MB/s, it brings 55 modules (archives, a second viper), and
// trufflehog is AGPL; Google's veles reports where a secret starts but not
// where it ends. Rules without a fixed prefix are left out except for the
// few that name what they assign: they find hashes in every repository.
type secretRule struct {
	name string
	// keys are literal parts that every match holds; a text without any is
	// not searched.
	keys []string
	// pattern finds it; its first group, where it has one, is the secret.
	pattern *regexp.Regexp
}

func kindOfSecret(name, keys, pattern string) secretRule {
	return secretRule{name, strings.Fields(keys), regexp.MustCompile(pattern)}
}

const privateKey = "private_key"

var secretRules = []secretRule{
	kindOfSecret("age_key", "AGE-SECRET-KEY-1", `\bAGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}`),
	kindOfSecret("anthropic_key", "sk-ant-", `\bsk-ant-[a-z0-9]+-[A-Za-z0-9_-]{32,}`),
	kindOfSecret("atlassian_token", "ATATT3", `\bATATT3[A-Za-z0-9_=-]{100,}`),
	kindOfSecret("aws_access_key", "AKIA ASIA ABIA ACCA", `\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b`),
	kindOfSecret("aws_secret_key", "ecret_access_key ECRET_ACCESS_KEY ecretAccessKey", `(?i)secret_?access_?key["']?\s*[:=]\s*["']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+]|$)`),
	kindOfSecret("crates_io_token", "cio", `\bcio[A-Za-z0-9]{32}\b`),
	kindOfSecret("databricks_token", "dapi", `\bdapi[a-f0-9]{32}(?:-\d)?\b`),
	kindOfSecret("digitalocean_token", "_v1_", `\bdo[opr]_v1_[a-f0-9]{64}\b`),
	kindOfSecret("discord_webhook", "/api/webhooks/", `/api/webhooks/(\d{17,20}/[A-Za-z0-9_-]{60,})`),
	kindOfSecret("docker_token", "dckr_pat_ dckr_oat_", `\bdckr_[po]at_[A-Za-z0-9_-]{27,}`),
	kindOfSecret("doppler_token", "dp.pt. dp.st. dp.ct.", `\bdp\.[psc]t\.[A-Za-z0-9.]{40,}`),
	kindOfSecret("figma_token", "figd_", `\bfigd_[A-Za-z0-9_-]{40,}`),
	kindOfSecret("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", `\bgh[pousr]_[A-Za-z0-9]{36,255}\b`),
	kindOfSecret("github_fine_token", "github_pat_", `\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b`),
	kindOfSecret("gitlab_token", "glpat- glptt- gldt- glrt- glsoat- glcbt-", `\bgl(?:pat|ptt|dt|rt|soat|cbt)-[A-Za-z0-9_.-]{20,}`),
	kindOfSecret("google_api_key", "AIza", `\bAIza[A-Za-z0-9_-]{35}`),
	kindOfSecret("google_oauth", "ya29. GOCSPX-", `\b(?:ya29\.[A-Za-z0-9_-]{30,}|GOCSPX-[A-Za-z0-9_-]{28})`),
	kindOfSecret("grafana_token", "glsa_ glc_", `\b(?:glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|glc_[A-Za-z0-9+/]{32,})`),
	kindOfSecret("groq_key", "gsk_", `\bgsk_[A-Za-z0-9]{52}\b`),
	kindOfSecret("huggingface_token", "hf_ api_org_", `\b(?:hf_|api_org_)[A-Za-z0-9]{34}\b`),
	kindOfSecret("json_web_token", "eyJ", `\beyJ[A-Za-z0-9_-]{14,}\.eyJ[A-Za-z0-9_-]{14,}\.[A-Za-z0-9_-]{16,}`),
	kindOfSecret("linear_key", "lin_api_", `\blin_api_[A-Za-z0-9]{40}\b`),
	kindOfSecret("mailgun_key", "key-", `\bkey-[a-f0-9]{32}\b`),
	kindOfSecret("new_relic_key", "NRAK-", `\bNRAK-[A-Z0-9]{27}\b`),
	kindOfSecret("notion_token", "ntn_", `\bntn_[A-Za-z0-9]{43,}`),
	kindOfSecret("npm_token", "npm_", `\bnpm_[A-Za-z0-9]{36}\b`),
	kindOfSecret("openai_key", "T3BlbkFJ sk-proj- sk-svcacct- sk-admin-", `\bsk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})`),
	kindOfSecret("openrouter_key", "sk-or-v1-", `\bsk-or-v1-[a-f0-9]{64}\b`),
	kindOfSecret("perplexity_key", "pplx-", `\bpplx-[A-Za-z0-9]{40,}`),
	kindOfSecret("planetscale_token", "pscale_", `\bpscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=-]{32,}`),
	kindOfSecret("postman_key", "PMAK-", `\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b`),
	kindOfSecret(privateKey, " PRIVATE KEY", `-----BEGIN[A-Z ]* PRIVATE KEY(?: BLOCK)?-----(?:(?:[^-]|-[^-]){60,}?-----END[A-Z ]* PRIVATE KEY(?: BLOCK)?-----|[\sA-Za-z0-9+/=\\]{64,})`),
	kindOfSecret("pulumi_token", "pul-", `\bpul-[a-f0-9]{40}\b`),
	kindOfSecret("pypi_token", "pypi-AgE", `\bpypi-AgE[A-Za-z0-9_-]{50,}`),
	kindOfSecret("replicate_token", "r8_", `\br8_[A-Za-z0-9]{37}\b`),
	kindOfSecret("rubygems_key", "rubygems_", `\brubygems_[a-f0-9]{48}\b`),
	kindOfSecret("sendgrid_key", "SG.", `\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`),
	kindOfSecret("sentry_token", "sntrys_ sntryu_", `\bsntry[su]_[A-Za-z0-9+/=_]{60,}`),
	kindOfSecret("shopify_token", "shpat_ shpca_ shppa_ shpss_", `\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b`),
	kindOfSecret("slack_token", "xoxa- xoxb- xoxe xoxo- xoxp- xoxr- xoxs- xapp-", `\b(?:xox[aboprs]-\d[A-Za-z0-9-]{20,}|xoxe(?:\.xox[bp])?-\d-[A-Za-z0-9-]{20,}|xapp-\d-[A-Za-z0-9-]{20,})`),
	kindOfSecret("slack_webhook", "hooks.slack.com/", `hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{40,})`),
	kindOfSecret("square_token", "sq0atp- sq0csp-", `\bsq0(?:atp|csp)-[A-Za-z0-9_-]{22,}`),
	kindOfSecret("stripe_key", "k_live_ k_test_ k_prod_", `\b[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,}\b`),
	kindOfSecret("supabase_token", "sbp_", `\bsbp_[a-f0-9]{40}\b`),
	kindOfSecret("tailscale_key", "tskey-", `\btskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{20,}`),
	kindOfSecret("telegram_token", ":AA", `\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b`),
	kindOfSecret("vault_token", "hvs. hvb. hvr.", `\bhv[sbr]\.[A-Za-z0-9_-]{24,}`),
	kindOfSecret("xai_key", "xai-", `\bxai-[A-Za-z0-9]{70,}`),
}

// A Span is a secret inside a text, [Start, End).
type Span struct {
	Start, End int
	Rule       string // the kind of secret, such as github_token
}

// Find returns the secrets of a text in order, overlaps joined. Placeholders
// (AKIAIOSFODNN7EXAMPLE, ghp_xxxx…) are none.
//
// One pass looks for the first two bytes of every key; patterns run only
// around keys, and over no part of the text twice. With sixty passes, one a
// key, all flags together ran at 5 to 16 MB/s; now at 100.
func Find(text string) []Span {
	table := secretKeys()
	scan := scan{text: text, last: map[*secretRule]int{}}
	for i := 0; i+1 < len(text); i++ {
		at := table.byPair[uint16(text[i])<<8|uint16(text[i+1])]
		if at == 0 {
			continue
		}
		for _, k := range table.keys[at] {
			if strings.HasPrefix(text[i:], k.key) {
				scan.around(k.rule, i)
			}
		}
	}
	var spans []Span
	for _, w := range scan.windows {
		spans = w.search(spans, text)
	}
	return joinedSpans(spans)
}

// A keyTable finds keys by their first two bytes.
type keyTable struct {
	byPair [1 << 16]uint8 // index into keys; 0 for pairs that begin no key
	keys   [][]secretKey
}

type secretKey struct {
	key  string
	rule *secretRule
}

var secretKeys = sync.OnceValue(func() *keyTable {
	t := &keyTable{keys: make([][]secretKey, 1)}
	for i := range secretRules {
		for _, key := range secretRules[i].keys {
			at := &t.byPair[uint16(key[0])<<8|uint16(key[1])]
			if *at == 0 {
				*at = uint8(len(t.keys))
				t.keys = append(t.keys, nil)
			}
			t.keys[*at] = append(t.keys[*at], secretKey{key, &secretRules[i]})
		}
	}
	return t
})

// A window is a part of a text in which a rule may find something, [from, to).
type window struct {
	rule     *secretRule
	from, to int
}

// A scan collects the windows of one text.
type scan struct {
	text           string
	windows        []window
	last           map[*secretRule]int // the last window of each rule
	runFrom, runTo int
}

// around adds the window of a key. What may stand before the key is short (an
// assignment, digits, a ruler); behind it a token goes on until a character that
// no token holds, a private key until its end. A window that touches the rule's
// last one widens it, so that no text is searched twice.
func (s *scan) around(r *secretRule, at int) {
	const before, behind = 48, 160
	w := window{r, max(0, at-before), s.runEnd(min(len(s.text), at+behind))}
	if r.name == privateKey {
		w.to = len(s.text)
	}
	if i, known := s.last[r]; known && w.from <= s.windows[i].to {
		s.windows[i].to = max(s.windows[i].to, w.to)
		return
	}
	s.last[r] = len(s.windows)
	s.windows = append(s.windows, w)
}

func (w window) search(spans []Span, text string) []Span {
	for _, m := range w.rule.pattern.FindAllStringSubmatchIndex(text[w.from:w.to], -1) {
		start, end := w.from+m[0], w.from+m[1]
		if len(m) > 2 {
			start, end = w.from+m[2], w.from+m[3]
		}
		if !isPlaceholder(text[start:end]) {
			spans = append(spans, Span{start, end, w.rule.name})
		}
	}
	return spans
}

// runEnd finds where the run of token bytes at a place ends. It remembers the
// last run: keys that stand in one long token do not read it again.
func (s *scan) runEnd(at int) int {
	if at >= s.runFrom && at <= s.runTo {
		return s.runTo
	}
	for s.runFrom, s.runTo = at, at; s.runTo < len(s.text) && isTokenByte(s.text[s.runTo]); {
		s.runTo++
	}
	return s.runTo
}

func isTokenByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte("_-.+/=", c) >= 0
}

func joinedSpans(spans []Span) []Span {
	slices.SortStableFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	var joined []Span
	for _, s := range spans {
		if n := len(joined); n > 0 && s.Start < joined[n-1].End {
			joined[n-1].End = max(joined[n-1].End, s.End)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// isPlaceholder recognises what stands for a secret in documentation: it
// ends in EXAMPLE or repeats a few characters.
func isPlaceholder(secret string) bool {
	return strings.HasSuffix(secret, "EXAMPLE") || entropy(secret) < leastEntropy
}

// leastEntropy is the bits per character under which gitleaks, too, takes a
// prefixed token for a placeholder (its rules say 2 to 3.5). Hexadecimal
// tokens reach 3.3 and more.
const leastEntropy = 2.8

// entropy is Shannon's, in bits per byte.
func entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
