package task

import (
	"encoding/json"
	"testing"
)

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
