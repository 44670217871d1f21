package carry

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"trainyard/launch"
)

func TestADryRunNeedsNoDataset(t *testing.T) {
	v := Volumes{{There: "/there", Here: "/no/volume"}}
	stood, missing := v.Rehearsed([]launch.File{{Name: "a", Content: "1"}, {Name: "b", Link: "/no/such/file"}, {Name: "c", Link: "/no/volume/file"}})
	if len(missing) != 1 || missing[0] != "b" || len(stood) != 3 || stood[2].Link == "" {
		t.Errorf("%v, %v", stood, missing)
	}
	if _, err := v.Pack(stood, 1<<20, ""); err != nil {
		t.Error(err)
	}
}

func TestPackingRefusesWhatLiesOutside(t *testing.T) {
	for _, name := range []string{"../x", "/etc/x", "a/../../x"} {
		if _, err := (Volumes{}).Pack([]launch.File{{Name: name}}, 1<<20, ""); err == nil || !strings.Contains(err.Error(), "outside") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPackIsATarInGzip(t *testing.T) {
	packed, err := (Volumes{}).Pack([]launch.File{{Name: "one", Content: "1"}}, 1<<20, "")
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	tape := tar.NewReader(zip)
	head, err := tape.Next()
	if err != nil || head.Name != "one" {
		t.Fatal(head, err)
	}
	if text, err := io.ReadAll(tape); err != nil || string(text) != "1" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestTheDeepestVolumeHasAFile(t *testing.T) {
	v := Volumes{{There: "/data", Here: "/mnt"}, {There: "/fast", Here: "/mnt/fast"}, {There: "/hidden"}}
	for here, there := range map[string]string{"/mnt/a": "/data/a", "/mnt/fast/b": "/fast/b", "/mnt/faster": "/data/faster", "/mnt": "/data", "/home": ""} {
		if got, ok := v.There(here); got != there || ok != (there != "") {
			t.Errorf("%s is %q, %v", here, got, ok)
		}
	}
	if _, ok := v.Here("/hidden/x"); ok || !v.Hold("/hidden/x") || v.Hold("/datas") {
		t.Error("a volume that is not seen here")
	}
}
