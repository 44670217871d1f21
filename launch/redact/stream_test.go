package redact

import (
	"bytes"
	crand "crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const word = "correct horse battery staple"

func passphrase() *Redactor { return New([]string{"MY_PASSPHRASE=" + word}) }

func TestEncodedValuesAreFoundAtAnyPlaceOfTheWhole(t *testing.T) {
	for before := range 4 {
		whole := strings.Repeat("u", before) + ":" + word + "@h"
		for _, text := range []string{base64.StdEncoding.EncodeToString([]byte(whole)), base64.URLEncoding.EncodeToString([]byte(whole)), hex.EncodeToString([]byte(whole))} {
			got := passphrase().Text(text)
			inside := base64.StdEncoding.EncodeToString([]byte(word[3:21]))
			if !strings.Contains(got, redacted) || strings.Contains(got, inside) || len(got) > len(redacted)+16 {
				t.Errorf("%q became %q", text, got)
			}
		}
	}
}

func TestShortValuesAndMereWordsMakeNoHoles(t *testing.T) {
	environ := []string{"A_TOKEN=true", "B_TOKEN=12345", "C_TOKEN=s3cr3t", "D_TOKEN=secret", "E_TOKEN=20240229", "MODE=disabled", "PROJECT=my-project"}
	r := New(environ, "MODE", "PROJECT")
	const left = "true, 12345, a secret, step 120240229, 3.20240229, xs3cr3t, disabled"
	if got := r.Text(left); got != left {
		t.Errorf("got %q", got)
	}
	if got := r.Text("s3cr3t; pin 20240229. my-project"); got != "[redacted]; pin [redacted]. [redacted]" {
		t.Errorf("got %q", got)
	}
	if got := New(environ).Text("my-project"); got != "my-project" {
		t.Errorf("a name that was not given alone: %q", got)
	}
}

// A log is masked for good: what names a figure in it must stay, or its curve is gone.
func TestTheNameOfAFigureIsNoSecret(t *testing.T) {
	environ := []string{"METRIC_KEY=eval_loss", "SORT_KEY=train/grad_norm", "COLUMN=loss.mean", "CERT=a first line\n----------\na last line"}
	const left = `{"eval_loss": 1, "train/grad_norm": 2, "loss.mean": 3} ----------`
	if got := New(environ, "COLUMN", "CERT").Text(left + " a first line"); got != left+" [redacted]" {
		t.Errorf("got %q", got)
	}
	for _, name := range []string{"MY_TOKEN", "DB_PASSWORD", "WANDB_API_KEY"} {
		if got := New([]string{name + "=correct_horse"}).Text("correct_horse"); got != "[redacted]" {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestANameIsKnownFromThenOn(t *testing.T) {
	name := "PLACE_" + crand.Text() // what this process knows, it knows for good
	t.Setenv(name, "vault number nine")
	if Here("vault number nine") == redacted {
		t.Fatal("its name says nothing")
	}
	Know(name, "")
	if got := Here("in vault number nine"); got != "in [redacted]" {
		t.Errorf("got %q", got)
	}
	t.Setenv(name, "vault number ten")
	if got := Here("in vault number ten"); got != "in [redacted]" {
		t.Errorf("the value of now: %q", got)
	}
	Know(name, "vault number eleven")
	if got := Here("in vault number eleven"); got != "in [redacted]" {
		t.Errorf("a value that is given: %q", got)
	}
}

const pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\n  AASCBKcwggSjAgEAAoIBAQ==\n-----END PRIVATE KEY-----\n"

// logs are texts with what must not be in them after.
var logs = map[string][]string{
	"step 1\nlogin with " + word + " done\nstep 2\n":                          {word},
	"20%\r40% " + word + "\r60%":                                              {word},
	"a key follows\n" + pem + "loss: 1.5\nhello\n":                            {"MIIEv", "AASCB"},
	"no end: hf_" + strings.Repeat("Ab3", 12):                                 {"Ab3Ab3"},
	strings.Repeat("x", 3*maxHeld) + " " + word + strings.Repeat(" y", 40000): {word},
	strings.Repeat("z ", maxHeld) + "password=Sup3rSecret and more\n":         {"Sup3r"},
	"two tokens: hf_" + strings.Repeat("Ab3", 12) + " " + word + "\n" + word:  {word, "Ab3Ab3"},
}

// TestWritesAreCutAnywhere cuts each log at random places: what comes out is the same,
// as long as what went in, and has no secret.
func TestWritesAreCutAnywhere(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for text, secrets := range logs {
		for range 40 {
			var out bytes.Buffer
			w := passphrase().Writer(&out)
			for rest := []byte(text); len(rest) > 0; {
				n := 1 + random.IntN(min(len(rest), 1+len(text)/5))
				if _, err := w.Write(rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			checkMasked(t, text, out.String(), secrets)
		}
	}
}

func checkMasked(t *testing.T, before, after string, secrets []string) {
	t.Helper()
	if len(after) != len(before) || strings.Count(after, "\n") != strings.Count(before, "\n") {
		t.Fatalf("%d bytes became %d", len(before), len(after))
	}
	if !Masked([]byte(after)) {
		t.Errorf("nothing was masked in %.200q", after)
	}
	for _, s := range secrets {
		if strings.Contains(after, s) {
			t.Errorf("%q stands in %.300q", s, after)
		}
	}
	for _, plain := range []string{"step 2", "60%", "loss: 1.5\nhello", "done"} {
		if strings.Contains(before, plain) && !strings.Contains(after, plain) {
			t.Errorf("%q is gone from %q", plain, after)
		}
	}
}

// TestALogIsMaskedWhileItGrows appends to a file as a trainer does, with looks between.
func TestALogIsMaskedWhileItGrows(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for text, secrets := range logs {
		for range 10 {
			path := filepath.Join(t.TempDir(), "log")
			to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			stored := passphrase().Stored()
			for rest := []byte(text); len(rest) > 0; {
				n := 1 + random.IntN(min(len(rest), 1+len(text)/5))
				if _, err := to.Write(rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
				look(t, stored, path, len(rest) == 0)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			checkMasked(t, text, string(data), secrets)
			to.Close()
		}
	}
}

func TestALineWithoutItsEndIsMaskedWhenNothingFollows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("Password for "+word+": "), 0o600); err != nil {
		t.Fatal(err)
	}
	stored := passphrase().Stored()
	look(t, stored, path, false)
	look(t, stored, path, false)
	if data, err := os.ReadFile(path); err != nil || strings.Contains(string(data), word) {
		t.Errorf("%q, %v", data, err)
	}
	if err := os.WriteFile(path, []byte(word+"\n"), 0o600); err != nil { // begun anew, and shorter
		t.Fatal(err)
	}
	look(t, stored, path, false)
	if data, err := os.ReadFile(path); err != nil || strings.Contains(string(data), word) {
		t.Errorf("%q, %v", data, err)
	}
}

// TestASecretThatComesInTwoWithAPauseBetweenIsNoneOfTheRest lets the first half stand: what
// was shown is shown.
func TestASecretThatComesInTwoWithAPauseBetweenIsNoneOfTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	var out bytes.Buffer
	w, stored := passphrase().Writer(&out), passphrase().Stored()
	for _, part := range []string{"login with " + word[:9], word[9:] + " and more\n"} {
		if _, err := io.MultiWriter(w, to).Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		look(t, stored, path, false)
		look(t, stored, path, false)
	}
	if got := out.String(); len(got) != len("login with  and more\n")+len(word) || strings.Contains(got, word[9:20]) || !strings.HasSuffix(got, "*] and more\n") {
		t.Errorf("shown %q", got)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "login with [redacted******************] and more\n" {
		t.Errorf("stored %q, %v", data, err)
	}
}

func look(t *testing.T, stored *Stored, path string, last bool) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil {
		err = stored.Look(f, info.Size(), last)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkMask reads a log as transformers prints it, with the secrets of an
// environment in mind.
func BenchmarkMask(b *testing.B) {
	r := New([]string{"HF_TOKEN=hf_" + strings.Repeat("Ab3", 12), "WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz", "DB_PASSWORD=" + word})
	line := "{'loss': 1.2345, 'grad_norm': 0.8812, 'learning_rate': 1.98e-05, 'epoch': 0.12}\n 12%|█▏        | 120/1000 [02:03<15:12,  1.04s/it]\r[INFO|trainer.py:2134] 2026-11-28 >> Saving model checkpoint to out/checkpoint-120; see https://huggingface.co/docs\n"
	text := []byte(strings.Repeat(line, 1000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.Mask(text)
	}
}

// TestATokenIsMaskedToItsEndWhereverItIsCut: a token has no length, so that its first part
// looks like a whole one, and its last part like none.
func TestATokenIsMaskedToItsEndWhereverItIsCut(t *testing.T) {
	token := "hf_" + strings.Repeat("Ab3", 12)
	for cut := len("hf_") + 20; cut < len(token); cut++ {
		var out bytes.Buffer
		w := New(nil).Writer(&out)
		for _, part := range []string{"login with " + token[:cut], token[cut:] + " and more\n"} {
			if _, err := w.Write([]byte(part)); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		if got := out.String(); strings.Contains(got, "b3") || !strings.HasSuffix(got, " and more\n") || len(got) != len("login with  and more\n")+len(token) {
			t.Errorf("shown after a cut at %d: %q", cut, got)
		}
		for _, size := range []int{maxHeld, chunk} { // a long line is looked at in parts of these
			line := strings.Repeat("y", size-cut-1) + " " + token + strings.Repeat(" z", size) + "\n"
			checkMasked(t, line, written(t, line[:size], line[size:]), []string{"Ab3", "b3 "})
			checkMasked(t, line, kept(t, line), []string{"Ab3", "b3 "})
		}
	}
}

// written are parts as they come out of a Writer.
func written(t *testing.T, parts ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := New(nil).Writer(&out)
	for _, part := range parts {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// kept is a log as it is masked where it lies.
func kept(t *testing.T, log string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	look(t, New(nil).Stored(), path, true)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
