package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// planted are the secrets of one environment: by the shape of their value, by their name,
// and by nothing but that the launch named them.
var planted = map[string]string{
	"HF_TOKEN":    "hf_" + "plantedPLANTEDplanted0123456789abcd",
	"DB_PASSWORD": `plain "words" & more`,
	"PLACE_OF_IT": "one-that-only-the-launch-names",
	"SIGNING_KEY": "first line of a signing thing\nsecond line of the signing thing",
}

// leaks prints every secret in every way, by itself and in two writes, curves between
// them, and ends as a trainer does that was not let in.
const leaks = `
echo "{'loss': 1.5, 'epoch': 1.0}"
env | grep -e PLANTED -e PLACE -e DB_ -e SIGN
for name in HF_TOKEN DB_PASSWORD PLACE_OF_IT SIGNING_KEY; do
	value=$(printenv $name)
	printf '%s' "$value" | head -c 9; sleep 0.1; printf '%s\n' "$value" | tail -c +10
	printf 'Basic %s\n' "$(printf 'user:%s' "$value" | base64 -w0)"
	printf '%s' "$value" | od -An -tx1 | tr -d ' \n'; echo
	printf '\r 50%% of %s' "$value"
	echo "$value" >&2
done
printf '{"%s": 1, "loss": 1.25, "epoch": 2.0}\n' "$HF_TOKEN"
mkdir -p "$1"; echo "{\"current_steps\": 3, \"total_steps\": 9, \"loss\": 1.25}" >> "$1/trainer_log.jsonl"
echo "not understood: $PLACE_OF_IT $HF_TOKEN" >> "$1/trainer_log.jsonl"
echo 'Traceback (most recent call last):'
echo '  File "train.py", line 3, in <module>'
echo "ValueError: 401 for $PLACE_OF_IT, $HF_TOKEN and $DB_PASSWORD"
printf 'the last words, without an end: %s' "$PLACE_OF_IT"
[ -z "$HANG" ] || { touch "$1/hangs"; sleep 600; }
exit 3
`

// A secretsHome runs commands with the secrets in their environment, or without, and
// keeps all that they said.
type secretsHome struct {
	*casesHome
	said bytes.Buffer
}

func (h *secretsHome) with(t *testing.T, known bool, args ...string) string {
	t.Helper()
	cmd := h.command(args...)
	cmd.Dir = h.dir
	if known {
		for name, value := range planted {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	out, err := cmd.CombinedOutput()
	h.said.Write(out)
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		t.Fatal(err)
	}
	return string(out)
}

// traces are what a secret leaves where it is written in any way: a part of each line.
func traces() map[string][]string {
	all := map[string][]string{}
	for name, value := range planted {
		for line := range strings.Lines(value) {
			line = strings.TrimSpace(line)
			inside := base64.StdEncoding.EncodeToString([]byte("user:" + value))
			all[name] = append(all[name], line, url.QueryEscape(line), hex.EncodeToString([]byte(line)), inside[8:len(inside)-8])
		}
	}
	return all
}

// TestNoPlantedSecretIsFoundAnywhere has a trainer print its secrets in many ways, then
// searches every file below the state directory and every word of every command.
func TestNoPlantedSecretIsFoundAnywhere(t *testing.T) {
	t.Parallel()
	h := &secretsHome{casesHome: newCasesHome(t)}
	h.write(t, "leaks.sh", leaks)
	launch := []string{"launch", h.dataset, "--trainer", "command", `train.params.argv=["bash","` + filepath.Join(h.dir, "leaks.sh") + `","{output}"]`, "--env", "PLACE_OF_IT", "--env", "SIGNING_KEY"}
	h.with(t, true, append(slices.Clone(launch), "--dry-run")...)
	h.with(t, true, launch...) // followed to its end
	ids := h.ids(t)
	if len(ids) != 1 {
		t.Fatalf("%d runs:\n%s", len(ids), h.said.String())
	}
	id := ids[0]
	if out := h.with(t, false, "runs", "show", id); !strings.Contains(out, "ValueError: 401 for [redacted]") || !strings.Contains(out, "Progress 3/9") {
		t.Errorf("the trainer did not end as it was to:\n%s", out)
	}
	if log := h.with(t, false, "runs", "logs", id); strings.Count(log, "[redacted") < 20 || !strings.Contains(log, "{'loss': 1.5, 'epoch': 1.0}") {
		t.Errorf("the log is\n%s", log)
	}
	for _, known := range []bool{false, true} {
		h.everyCommand(t, known, id)
	}
	h.search(t)
}

// ids are those of the runs in the ledger.
func (h *secretsHome) ids(t *testing.T) (ids []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(h.dir, "home", "runs"))
	if err != nil {
		t.Fatalf("%v\n%s", err, h.said.String())
	}
	for _, e := range entries {
		ids = append(ids, e.Name())
	}
	return ids
}

// everyCommand says whatever can be said of a run.
func (h *secretsHome) everyCommand(t *testing.T, known bool, id string) {
	for _, args := range [][]string{
		{"runs"}, {"runs", "--json"}, {"runs", "show", id}, {"runs", "show", id, "--json"}, {"runs", "logs", id}, {"runs", "logs", "-f", id}, {"runs", "metrics", id}, {"runs", "metrics", id, "--json"},
		{"runs", "checkpoints", id}, {"runs", "fetch", id, "log", "--to", filepath.Join(h.dir, "fetched-"+id[:8])}, {"compare", id, id}, {"reconcile"}, {"reconcile", "--json"},
		{"reconcile", "--rebuild"}, {"runs", "show", id}, {"runs", "retry", id, "--reason", planted["PLACE_OF_IT"]}, {"runs", planted["DB_PASSWORD"]}, {"runs", "show", id},
	} {
		h.with(t, known, args...)
	}
	for _, tracker := range []string{"csv", "jsonl", "tensorboard", "wandb", "trackio"} {
		h.with(t, known, "runs", "export", id, "--to", tracker, "--place", filepath.Join(h.dir, "exported-"+tracker))
	}
}

// search looks for traces in files and words, but not in those of the test itself.
func (h *secretsHome) search(t *testing.T) {
	looked := 0
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || path == h.program {
			return err
		}
		data, err := os.ReadFile(path)
		looked++
		reportTraces(t, path, string(data))
		return err
	})
	if err != nil || looked < 10 {
		t.Errorf("%d files, %v", looked, err)
	}
	reportTraces(t, "what was said", h.said.String())
}

func reportTraces(t *testing.T, where, text string) {
	for name, parts := range traces() {
		for _, part := range parts {
			if at := strings.Index(text, part); at >= 0 {
				t.Errorf("%s has %s: …%q…", where, name, text[max(0, at-80):min(len(text), at+len(part)+20)])
			}
		}
	}
}

// TestALogIsMaskedWhileItsTrainerRuns looks at the disk before the end.
func TestALogIsMaskedWhileItsTrainerRuns(t *testing.T) {
	t.Parallel()
	h := &secretsHome{casesHome: newCasesHome(t)}
	h.write(t, "leaks.sh", leaks)
	h.with(t, true, "launch", h.dataset, "--trainer", "command", `train.params.argv=["env","HANG=1","bash","`+filepath.Join(h.dir, "leaks.sh")+`","{output}"]`, "--env", "PLACE_OF_IT", "--env", "SIGNING_KEY", "--detach")
	id := h.ids(t)[0]
	log := filepath.Join(h.dir, "home", "runs", id, "attempt-1", "log")
	deadline := time.Now().Add(2 * time.Minute)
	for {
		data, err := os.ReadFile(log)
		clean := true
		for _, parts := range traces() {
			clean = clean && !slices.ContainsFunc(parts, func(part string) bool { return bytes.Contains(data, []byte(part)) })
		}
		if err == nil && clean && bytes.Contains(data, []byte("the last words, without an end: [redacted")) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log of the running trainer is\n%s", data)
		}
		time.Sleep(50 * time.Millisecond)
	}
	h.with(t, false, "runs", "stop", id)
	h.search(t)
}
