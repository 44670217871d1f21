package launch

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestNamesOfSecretsAreKnown(t *testing.T) {
	for _, name := range []string{"HF_TOKEN", "WANDB_API_KEY", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "GITHUB_PAT", "hf-token", "KEY", "SENTRY_DSN"} {
		if !SecretName(name) {
			t.Errorf("%s passes for harmless", name)
		}
	}
	for _, name := range []string{"PATH", "WANDB_PROJECT", "TOKENIZERS_PARALLELISM", "MAX_TOKENS", "KEYBOARD", "NCCL_DEBUG", "AUTHOR"} {
		if SecretName(name) {
			t.Errorf("%s passes for a secret", name)
		}
	}
}

func TestTheStoredFormOfASecretHasNoValue(t *testing.T) {
	stored, err := json.Marshal([]Env{{"HF_TOKEN", "s3cr3t"}, {"PLAIN", "seen"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(stored), `[{"name":"HF_TOKEN","secret":true},{"name":"PLAIN","value":"seen"}]`; got != want {
		t.Errorf("stored %s, want %s", got, want)
	}
	var back []Env
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	if back[0] != (Env{Name: "HF_TOKEN"}) || back[1] != (Env{"PLAIN", "seen"}) {
		t.Errorf("read back %v", back)
	}
}

func TestRedactTakesOutTokensAndTheValuesOfSecrets(t *testing.T) {
	token := "hf_" + strings.Repeat("a", 34)
	got := Redact("401 for "+token+" and pass-phrase of x", []string{"MY_PASSWORD=pass-phrase", "X_TOKEN=x"})
	if got != "401 for [redacted] and [redacted] of x" {
		t.Errorf("%q: a value of one letter is no secret worth a hole in the text", got)
	}
}
