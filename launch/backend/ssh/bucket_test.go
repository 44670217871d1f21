package ssh

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/bucket/buckettest"
	"trainyard/launch/remote/boxtest"
)

// A relayed place has its files come by a bucket; shard is one that is large enough.
type relayed struct {
	box    *boxtest.Box
	server buckettest.Server
	lab    *SSH
	shard  string
	digest string
	data   []byte
}

func relay(t *testing.T, options boxtest.Options) relayed {
	t.Helper()
	r := relayed{box: boxtest.Up(t, options), data: make([]byte, 5<<20)}
	r.server = buckettest.Up(t, strings.TrimSuffix(r.box.Address(), ".2")+".1")
	_, _ = rand.Read(r.data) // it never fails
	sum := sha256.Sum256(r.data)
	r.digest = hex.EncodeToString(sum[:])
	r.shard = filepath.Join(t.TempDir(), "train.parquet")
	if err := os.WriteFile(r.shard, r.data, 0o600); err != nil {
		t.Fatal(err)
	}
	c := configOf([]*boxtest.Box{r.box})
	c.Stage = r.server.Place
	var err error
	if r.lab, err = Open("lab", c, binary.Path); err != nil {
		t.Fatal(err)
	}
	return r
}

// run starts a trainer that needs the shard, and looks whether it has it.
func (r relayed) run(t *testing.T) {
	t.Helper()
	task := backendtest.Task(t, r.lab)
	task.Command.Argv = []string{"sha256sum", "train/shard"}
	task.Command.Files = []launch.File{{Name: "train/shard", Link: r.shard}}
	h := backendtest.Start(t, r.lab, task)
	end := backendtest.WaitEnded(t, r.lab, task.Dir, h)
	if said := backendtest.Read(t, r.lab, task.Dir, h, launch.LogName, 0); end.State != launch.Succeeded || !strings.HasPrefix(said, r.digest) {
		t.Errorf("%+v: %s", end, said)
	}
}

func (r relayed) object() string { return filepath.Join(r.server.Dir, "objects", r.digest) }

func TestFilesComeByABucket(t *testing.T) {
	r := relay(t, boxtest.Options{})
	r.run(t)
	if up, err := os.ReadFile(r.object()); err != nil || !bytes.Equal(up, r.data) {
		t.Errorf("%d bytes are in the bucket, %v", len(up), err)
	}
	// No URL is left anywhere on the box's disk.
	if found := r.box.Sh(t, "grep -rl 'X-Amz-Signature=[0-9a-f]' /root /tmp /var/log 2>/dev/null || true"); found != "" {
		t.Errorf("a signed URL stands in %s", found)
	}
	r.run(t) // it is there already
}

// begun puts what was begun of the shard into the box's store.
func (r relayed) begun(t *testing.T, data []byte) {
	t.Helper()
	store := r.box.Here("/root/.trainyard/store")
	if err := os.MkdirAll(store, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(store, r.digest+".part"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// refused starts a trainer that needs the shard, and wants an error about its digest.
func (r relayed) refused(t *testing.T) {
	t.Helper()
	task := backendtest.Task(t, r.lab, "exit", "0")
	task.Command.Files = []launch.File{{Name: "train/shard", Link: r.shard}}
	if _, err := r.lab.Start(t.Context(), task); err == nil || !strings.Contains(err.Error(), "digest") {
		t.Errorf("%v", err)
	}
}

// Of what was begun wrongly the end alone comes too, which the digest tells: so it is
// known that the beginning was not fetched again.
func TestAFetchGoesOnFromWhatIsThere(t *testing.T) {
	r := relay(t, boxtest.Options{})
	r.begun(t, make([]byte, 3<<20))
	r.refused(t)
	r.begun(t, r.data[:3<<20])
	r.run(t)
}

func TestABucketThatHasSomethingElseIsFoundOut(t *testing.T) {
	r := relay(t, boxtest.Options{})
	if err := os.MkdirAll(filepath.Dir(r.object()), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.object(), make([]byte, len(r.data)), 0o644); err != nil {
		t.Fatal(err)
	}
	r.refused(t)
	r.run(t) // the broken object was taken away
}

func TestABoxWithoutCurlFetchesWithPython(t *testing.T) {
	r := relay(t, boxtest.Options{Before: "mkdir -p /root/few && ln -s /usr/bin/python3 /bin/sh /bin/sha256sum /bin/mkdir /bin/uname /bin/cat /bin/chmod /bin/mv /bin/rm /bin/ln /bin/cp /usr/bin/xargs /usr/bin/wc /root/few/", Env: []string{"PATH=/root/few"}})
	if found, err := r.lab.LookPath("curl"); err == nil {
		t.Fatal(found)
	}
	r.begun(t, r.data[:2<<20])
	r.run(t)
}
