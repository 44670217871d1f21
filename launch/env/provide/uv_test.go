package provide

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestUVIsTakenOutOfAWheelOfTheRightDigest(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("uv-1.0.data/scripts/uv")
	if err == nil {
		_, err = f.Write([]byte("the program"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/uv.whl" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(b.Bytes())
	}))
	defer server.Close()
	sum := sha256.Sum256(b.Bytes())
	good := wheel{server.URL + "/uv.whl", hex.EncodeToString(sum[:])}
	if got, err := good.program(t.Context()); err != nil || string(got) != "the program" {
		t.Errorf("%q, %v", got, err)
	}
	for want, w := range map[string]wheel{"digest": {good.url, strings.Repeat("0", 64)}, "404": {server.URL + "/other", good.digest}} {
		if _, err := w.program(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestThereIsNoUVForEverySystem(t *testing.T) {
	if _, err := UV(t.Context(), "plan9", "mips"); err == nil || !strings.Contains(err.Error(), "install it there") {
		t.Errorf("%v", err)
	}
}

func TestAFaultOfABuildSaysWhatToDo(t *testing.T) {
	w := Wish{Index: "http://user:planted@index/simple"}
	for words, want := range map[string]string{
		"error: Failed to fetch: `http://user:planted@index/simple/a/` Caused by: error sending request": "index:",
		"error: No interpreter found for Python 3.11 in search path":                                     "python:",
		"error: no solution found": "code 2",
	} {
		err := w.fault(words, 2)
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "planted") {
			t.Errorf("%q: %v", words, err)
		}
	}
}
