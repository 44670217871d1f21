package redact

import (
	"strings"
	"testing"
)

func TestNamesOfSecretsAreKnown(t *testing.T) {
	for _, name := range []string{"HF_TOKEN", "WANDB_API_KEY", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "GITHUB_PAT", "hf-token", "KEY", "SENTRY_DSN", "DB_PWD", "MYSQL_PWD",
		"PATH_TOKEN", "GIT_AUTH", "GOOGLE_APPLICATION_CREDENTIALS"} {
		if !SecretName(name) {
			t.Errorf("%s passes for harmless", name)
		}
	}
	for _, name := range []string{"PATH", "WANDB_PROJECT", "TOKENIZERS_PARALLELISM", "MAX_TOKENS", "KEYBOARD", "NCCL_DEBUG", "AUTHOR",
		"PWD", "OLDPWD", "XDG_SESSION_COOKIE", "SSH_AUTH_SOCK", "HF_TOKEN_PATH", "SSH_KEY_FILE"} {
		if SecretName(name) {
			t.Errorf("%s passes for a secret", name)
		}
	}
}

func TestRedactTakesOutTokensAndTheValuesOfSecrets(t *testing.T) {
	token := "hf_" + strings.Repeat("a", 34)
	got := New([]string{"MY_PASSWORD=pass-phrase", "X_TOKEN=x"}).Text("401 for " + token + " and pass-phrase of x")
	if got != "401 for [redacted] and [redacted] of x" {
		t.Errorf("%q: a value of one letter is no secret worth a hole in the text", got)
	}
}

func TestRedactKnowsAValueInEveryFormALogGivesIt(t *testing.T) {
	const value = `pass "word" & more/of it`
	environ := []string{"MY_TOKEN=" + value, "PEM_KEY=first line of it\nsecond line of it"}
	for _, text := range []string{
		"got " + value, `got pass \"word\" & more/of it`, `{"t": "pass \"word\" \u0026 more/of it"}`,
		"?t=pass+%22word%22+%26+more%2Fof+it", "log: second line of it",
	} {
		if got := New(environ).Text(text); strings.Contains(got, "word") || strings.Contains(got, "second") {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestShapesOfSecretsAreKnown(t *testing.T) {
	jwt := "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r"
	for text, secret := range map[string]string{
		"key sk_live_4eC39HqLyjWDarjtT1":                  "4eC39Hq",
		"jwt=" + jwt:                                      "dBjftJeZ",
		"git clone https://me:correct-horse@host/x.git":   "correct-horse",
		"postgres://me:s3cret@db:5432/x":                  "s3cret",
		`curl -H "Authorization: Bearer abcdef123456789"`: "abcdef",
		"authorization: Basic dXNlcjpwYXNzd29yZA==":       "dXNlcj",
		"{'Authorization': 'token 0123456789abcdef'}":     "0123456789",
		"Bearer abcdef1234567890":                         "abcdef",
		"login with password=Sup3rSecret failed":          "Sup3r",
		"DB_PASSWD: 'Sup3rSecret'":                        "Sup3r",
		`{"api_key": "0123456789abcdef"}`:                 "0123456789",
		`{\"client_secret\":\"0123456789abcdef\"}`:        "0123456789",
		"train.py --hub-token abcdefgh12":                 "abcdefgh",
		"GET /x?expires=9&access_token=abcdefgh":          "abcdefgh",
		"https://b/x?X-Amz-Signature=0123456789abcdef":    "0123456789",
		"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nx":  "MIIEvQ",
	} {
		if got := New(nil).Text(text); strings.Contains(got, secret) || !strings.Contains(got, "[redacted]") {
			t.Errorf("%q became %q", text, got)
		}
	}
	for _, text := range []string{
		"https://host/a:b@c", "https://$USER:$PASSWORD@host/x", "http://127.0.0.1:8080/x", "Authorization: Bearer $HF_TOKEN", "the bearer of news", "s3://bucket/key",
		"password authentication failed for user me", "password: $PASSWORD", "api_key=None", "--pad_token <|endoftext|>", "--eos-token im_end", "KeyError: 'api_key'",
		"authorization = none", "https://{user}:{password}@host",
	} {
		if got := New(nil).Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestRedactLeavesOrdinaryPathsAndWordsStanding(t *testing.T) {
	dir := t.TempDir()
	environ := []string{
		"PWD=" + dir, "OLDPWD=/home/me/work", "SSH_AUTH_SOCK=/run/user/1000/keyring/ssh", "XDG_SESSION_COOKIE=seat-0-of-this-desk",
		"GOOGLE_APPLICATION_CREDENTIALS=" + dir, "GIT_AUTH=basic",
		"API_KEY=false", "DB_PASSWORD=/no/such/path",
	}
	const words = "basic and false in /home/me/work, /run/user/1000/keyring/ssh, seat-0-of-this-desk, "
	got := New(environ).Text(words + dir + ", /no/such/path")
	if want := words + dir + ", [redacted]"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestABannerOfStarsIsNoMask(t *testing.T) {
	for text, want := range map[string]bool{
		"pass [redacted*****] end": true, "pass [redacted": true, "*****] end": true, strings.Repeat("*", 512): true, "pin ****** end": true, "pin *********": true,
		"W1] " + strings.Repeat("*", 41) + "\nSetting OMP_NUM_THREADS": false, "***** Running training *****": false, "": false,
	} {
		if Masked([]byte(text)) != want {
			t.Errorf("%.60q is a mask: %v", text, !want)
		}
	}
}
