package bucket_test

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch/bucket"
	"trainyard/launch/bucket/buckettest"
)

func TestAPlaceIsABucketAndWords(t *testing.T) {
	for place, want := range map[string][2]string{
		"s3://runs": {"runs", ""}, "s3://my.runs/a/b/": {"my.runs", "a/b"}, "s3://runs/a b": {"runs", "a b"},
	} {
		if name, prefix, err := bucket.Parse(place); err != nil || name != want[0] || prefix != want[1] {
			t.Errorf("%s: %q %q %v", place, name, prefix, err)
		}
	}
	for _, place := range []string{"", "runs/a", "s3:/runs", "s3://", "s3://A", "s3://runs/../a", "s3://runs/a//b", "s3://runs/a?b", "S3://runs"} {
		if name, prefix, err := bucket.Parse(place); err == nil {
			t.Errorf("%q is %q %q", place, name, prefix)
		}
	}
}

func TestCredentialsComeFromTheEnvironment(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "planted")
	if _, err := bucket.Open("s3://runs"); err == nil || !strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") || strings.Contains(err.Error(), "planted") {
		t.Errorf("%v", err)
	}
}

func TestAnObjectIsWrittenReadAndRemoved(t *testing.T) {
	buckettest.Up(t, "127.0.0.1")
	b, err := bucket.Open("s3://tests/some/prefix")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.CheckWrite(t.Context()), b.Put(t.Context(), "a/b c", strings.NewReader("0123456789"), 10)); err != nil {
		t.Fatal(err)
	}
	if size, err := b.Size(t.Context(), "a/b c"); err != nil || size != 10 {
		t.Errorf("%d, %v", size, err)
	}
	if got := text(t, b, "a/b c", 7); got != "789" {
		t.Errorf("from 7 on %q", got)
	}
	if got := text(t, b, "a/b c", 0); got != "0123456789" {
		t.Errorf("%q", got)
	}
	open, err := b.URL(t.Context(), "a/b c")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(open)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if data, err := io.ReadAll(answer.Body); err != nil || string(data) != "0123456789" {
		t.Errorf("by its URL %q, %v", data, err)
	}
	for range 2 {
		if err := b.Remove(t.Context(), "a/b c"); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.Size(t.Context(), "a/b c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of what was removed: %v", err)
	}
	if _, err := b.Get(t.Context(), "a/b c", 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of what was removed: %v", err)
	}
}

func text(t *testing.T, b *bucket.Bucket, name string, from int64) string {
	t.Helper()
	r, err := b.Get(t.Context(), name, from)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestABucketThatTakesNothingIsFound(t *testing.T) {
	buckettest.Up(t, "127.0.0.1")
	for name, place := range map[string]string{"no such bucket": "s3://nowhere/at-all", "another key": "s3://tests/x"} {
		if name == "another key" {
			t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong-planted-secret")
		}
		b, err := bucket.Open(place)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.CheckWrite(t.Context()); err == nil || strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARelayUploadsOnce(t *testing.T) {
	server := buckettest.Up(t, "127.0.0.1")
	file := filepath.Join(t.TempDir(), "shard")
	if err := os.WriteFile(file, []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	there := filepath.Join(server.Dir, "objects", "d1")
	r, err := bucket.NewRelay(server.Place)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Upload(t.Context(), "d1", file, 4); err != nil {
		t.Fatal(err)
	}
	first, err := os.Stat(there)
	if err != nil {
		t.Fatal(err)
	}
	again, err := bucket.NewRelay(server.Place) // as another program has it
	if err := errors.Join(err, again.Upload(t.Context(), "d1", file, 4)); err != nil {
		t.Fatal(err)
	}
	if second, err := os.Stat(there); err != nil || !os.SameFile(first, second) || !second.ModTime().Equal(first.ModTime()) {
		t.Errorf("it was uploaded again, %v", err)
	}
	if err := r.Forget(t.Context(), "d1"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(there); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there, %v", err)
	}
}
