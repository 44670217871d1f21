package task

import (
	"encoding/json"
	"testing"
)

func TestTheStoredFormOfASecretHasNoValue(t *testing.T) {
	stored, err := json.Marshal([]Env{{Name: "HF_TOKEN", Value: "s3cr3t"}, {Name: "PLAIN", Value: "seen"}, {Name: "PASSPHRASE2", Value: "s3cr3t", Named: true}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(stored), `[{"name":"HF_TOKEN","secret":true},{"name":"PLAIN","value":"seen"},{"name":"PASSPHRASE2","secret":true}]`; got != want {
		t.Errorf("stored %s, want %s", got, want)
	}
	var back []Env
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	if back[0] != (Env{Name: "HF_TOKEN"}) || back[1] != (Env{Name: "PLAIN", Value: "seen"}) || !back[2].Secret() || back[2].Value != "" {
		t.Errorf("read back %v", back)
	}
}
