package ssh

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/env"
	"trainyard/launch/env/provide"
	"trainyard/launch/remote/boxtest"
	"trainyard/launch/stage"
)

// boxPython is of a box too, which shares this machine's programs.
const boxPython = "/usr/bin/python3"

// An index is a package index of two packages of our own, which a box reaches.
type index struct {
	url   string
	files map[string][]byte
	taken atomic.Int32 // wheels that were fetched
	// held keeps the wheel of its name back, until it is closed.
	mu   sync.Mutex
	held map[string]chan struct{}
	came chan string // a wheel that is held was asked for
}

// newIndex serves at the box's way out. It skips where there is no uv to be had.
func newIndex(t *testing.T, box *boxtest.Box) *index {
	t.Helper()
	if _, err := os.Stat(boxPython); err != nil {
		t.Skip(err)
	}
	if _, err := provide.UV(t.Context(), runtime.GOOS, runtime.GOARCH); err != nil {
		t.Skip(err)
	}
	i := &index{files: map[string][]byte{}, held: map[string]chan struct{}{}, came: make(chan string, 8)}
	for _, name := range []string{"yardone", "yardtwo"} {
		i.files[name+"-1.5-py3-none-any.whl"] = wheelOf(t, name, "1.5")
	}
	listener, err := net.Listen("tcp", strings.TrimSuffix(box.Address(), ".2")+".1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: i}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { i.release(); _ = server.Close() })
	i.url = "http://" + listener.Addr().String() + "/simple/"
	return i
}

// ServeHTTP implements http.Handler: the pages and the files of a simple index.
func (i *index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	if data, found := i.files[name]; found {
		i.mu.Lock()
		held := i.held[name]
		i.mu.Unlock()
		if held != nil {
			i.came <- name
			<-held
		}
		i.taken.Add(1)
		_, _ = w.Write(data)
		return
	}
	file := name + "-1.5-py3-none-any.whl"
	data, found := i.files[file]
	if !found {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	sum := sha256.Sum256(data)
	fmt.Fprintf(w, `<a href="/files/%s#sha256=%s">%s</a>`, file, hex.EncodeToString(sum[:]), file)
}

func (i *index) hold(name string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.held[name] = make(chan struct{})
}

func (i *index) release() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for name, held := range i.held {
		close(held)
		delete(i.held, name)
	}
}

// wheelOf is a package of one module that knows its version.
func wheelOf(t *testing.T, name, version string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	info := name + "-" + version + ".dist-info/"
	files := [][2]string{
		{name + ".py", "version = '" + version + "'\n"},
		{info + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"},
		{info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
	}
	var record string
	for _, f := range files {
		record += f[0] + ",,\n"
	}
	for _, f := range append(files, [2]string{info + "RECORD", record + info + "RECORD,,\n"}) {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = w.Write([]byte(f[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const ownLock = "# made by hand\nyardone==1.5\nyardtwo==1.5\n"

// placeWithLock has a lock of one's own for every trainer.
func placeWithLock(t *testing.T, box *boxtest.Box, indexURL string) *SSH {
	t.Helper()
	file := filepath.Join(t.TempDir(), "requirements.txt")
	if err := os.WriteFile(file, []byte(ownLock), 0o600); err != nil {
		t.Fatal(err)
	}
	c := configOf([]*boxtest.Box{box})
	c.Env, c.Index, c.Python = file, indexURL, boxPython
	s, err := Open("lab", c, binary.Path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// versions is a task that tells the versions of both modules, and which python it is.
func versions(t *testing.T, s *SSH) launch.Task {
	t.Helper()
	task := backendtest.Task(t, s)
	task.Trainer = "command"
	task.Command.Argv = []string{"python", "-c", "import sys, yardone, yardtwo; print(yardone.version, yardtwo.version, sys.prefix)"}
	return task
}

func TestATrainerRunsInAnEnvironmentThatIsBuiltOnce(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	i := newIndex(t, box)
	s := placeWithLock(t, box, i.url)
	lock, _, err := env.For(s.env.option, "command")
	if err != nil {
		t.Fatal(err)
	}
	dir := "/root/.trainyard/envs/" + lock.Hash()
	for n := range 2 {
		task := versions(t, s)
		h := backendtest.Start(t, s, task)
		end := backendtest.WaitEnded(t, s, task.Dir, h)
		if said := backendtest.Read(t, s, task.Dir, h, launch.LogName, 0); end.State != launch.Succeeded || said != "1.5 1.5 "+dir+"\n" {
			t.Fatalf("run %d: %+v: %s", n, end, said)
		}
		if end.Facts.Environment != lock.Hash() {
			t.Errorf("it ran in %q", end.Facts.Environment)
		}
		if i.taken.Load() != 2 {
			t.Errorf("after run %d, %d wheels were fetched", n, i.taken.Load())
		}
		there := backendtest.Read(t, s, task.Dir, h, "environment.txt", 0)
		here, err := os.ReadFile(filepath.Join(task.Dir, "environment.txt"))
		if err != nil || there != "yardone==1.5\nyardtwo==1.5\n" || string(here) != there {
			t.Errorf("environment.txt is %q there and %q here, %v", there, here, err)
		}
	}
	if there, missing := s.Environments(t.Context(), lock.Hash()); len(there) != 1 || len(missing) != 0 {
		t.Errorf("there on %v, missing on %v", there, missing)
	}
	if there, missing := s.Environments(t.Context(), strings.Repeat("0", 32)); len(there) != 0 || len(missing) != 1 {
		t.Errorf("another one is there on %v, missing on %v", there, missing)
	}
}

func TestLaunchesAtOnceBuildOneEnvironment(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	i := newIndex(t, box)
	file := placeWithLock(t, box, i.url).env.option
	var starting sync.WaitGroup
	for range 4 {
		starting.Go(func() {
			c := configOf([]*boxtest.Box{box}) // each has a session of its own, as four programs have
			c.Env, c.Index, c.Python = file, i.url, boxPython
			s, err := Open("lab", c, binary.Path)
			if err != nil {
				t.Error(err)
				return
			}
			task := versions(t, s)
			h, err := s.Start(t.Context(), task)
			if err != nil {
				t.Error(err)
				return
			}
			if end := backendtest.WaitEnded(t, s, task.Dir, h); end.State != launch.Succeeded {
				t.Errorf("%+v", end)
			}
		})
	}
	starting.Wait()
	if i.taken.Load() != 2 {
		t.Errorf("%d wheels were fetched for one environment", i.taken.Load())
	}
}

// TestABuildThatWasKilledIsBegunAnew, whichever part of it died: the agent that builds,
// whose uv goes on without it, or the whole box.
func TestABuildThatWasKilledIsBegunAnew(t *testing.T) {
	for name, kill := range map[string]func(*testing.T, *boxtest.Box){
		"the build": func(t *testing.T, box *boxtest.Box) { box.Sh(t, "pkill -9 -f '[a]gent-.* build'") },
		"uv":        func(t *testing.T, box *boxtest.Box) { box.Sh(t, "pkill -9 -f '[u]v pip sync'") },
		"the session": func(t *testing.T, box *boxtest.Box) {
			box.Sh(t, "pkill -9 -f '[a]gent-.* serve'")
		},
		"the box": func(t *testing.T, box *boxtest.Box) { box.Kill(); box.Restart(t) },
	} {
		t.Run(name, func(t *testing.T) {
			box := boxtest.Up(t, boxtest.Options{})
			i := newIndex(t, box)
			s := placeWithLock(t, box, i.url)
			i.hold("yardtwo-1.5-py3-none-any.whl")
			first, failed := versions(t, s), make(chan error, 1)
			told := make(chan string, 100)
			tell := stage.WithTell(t.Context(), func(p stage.Progress) { told <- p.Doing })
			go func() { _, err := s.Start(tell, first); failed <- err }()
			<-i.came
			for !strings.Contains(<-told, "uv pip sync") {
			}
			kill(t, box)
			if err := <-failed; err == nil {
				t.Fatal("it started")
			}
			if _, err := s.Find(t.Context(), first.Dir); err == nil {
				t.Error("it was found")
			}
			if whole, err := filepath.Glob(box.Here("/root/.trainyard/envs/*.done")); err != nil || len(whole) != 0 {
				t.Fatalf("%v, %v", whole, err)
			}
			i.release()
			task := versions(t, s)
			h := backendtest.Start(t, s, task)
			if end := backendtest.WaitEnded(t, s, task.Dir, h); end.State != launch.Succeeded {
				t.Errorf("%+v", end)
			}
		})
	}
}

func TestABoxThatReachesNoIndexIsRefusedClearly(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	newIndex(t, box)
	s := placeWithLock(t, box, "http://planted:word@"+strings.TrimSuffix(box.Address(), ".2")+".1:9/simple/")
	task := versions(t, s)
	_, err := s.Start(t.Context(), task)
	if err == nil || !strings.Contains(err.Error(), "reaches no package index") || !strings.Contains(err.Error(), "index:") {
		t.Errorf("%v", err)
	}
	if err != nil && strings.Contains(err.Error(), "planted:word") {
		t.Errorf("the error has the index's password: %v", err)
	}
}
