package attempt

import (
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/files"
)

// A provider destroys one box, slowly, and not at the first request.
type provider struct {
	lock   sync.Mutex
	asked  []string
	key    string
	faults int // answers of 500 first
	slow   int // looks that still see the box
	gone   bool
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.asked = append(p.asked, r.Method+" "+r.URL.String())
	switch {
	case r.Header.Get("Authorization") != "Bearer "+p.key:
		w.WriteHeader(401)
	case p.faults > 0:
		p.faults--
		w.WriteHeader(500)
	case r.Method == "DELETE" && !p.gone:
		p.gone = true
		w.WriteHeader(204)
	case p.gone && p.slow == 0:
		w.WriteHeader(404)
	default:
		p.slow--
	}
}

func (p *provider) requests() []string {
	p.lock.Lock()
	defer p.lock.Unlock()
	return append([]string(nil), p.asked...)
}

// trusted serves over TLS and lets the programs of the box trust it.
func trusted(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", file)  // Python's OpenSSL
	t.Setenv("CURL_CA_BUNDLE", file) // curl
	return server
}

const boxKey = "rpa-tr0ub4dor-and-3-horses"

func ordersDestruction(t *testing.T, url string, role ...string) Order {
	t.Helper()
	order := Order{Task: acting(t, role...), Collect: time.Hour}
	order.Command.Env = []launch.Env{{Name: "BOX_API_KEY", Value: boxKey}}
	order.Destroy = &Destroy{Method: "DELETE", URL: url + "/v2/pods/pod-7", Header: map[string]string{"Authorization": "Bearer ${BOX_API_KEY}"}}
	return order
}

func destroyed(t *testing.T, dir string) destruction {
	t.Helper()
	var d destruction
	eventually(t, "the box is gone", func() bool {
		found, err := files.ReadJSON(dir, destroyName, &d)
		return err == nil && found && d.Gone
	})
	return d
}

func TestABoxDestroysItselfWhenItsCallerHasCollected(t *testing.T) {
	if err := findSenders(); err != nil {
		t.Skip(err)
	}
	p := &provider{key: boxKey, faults: 1, slow: 1}
	server := trusted(t, p)
	order := ordersDestruction(t, server.URL, "print", "BOX_API_KEY")
	h := ordered(t, Here(""), order)
	if s := waitEnded(t, Local{}, order.Dir, h); s.State != launch.Succeeded {
		t.Errorf("status %+v", s)
	}
	if log := read(t, Local{}, order.Dir, h, launch.LogName, 0); log != "\n" {
		t.Errorf("the trainer sees the key: %q", log)
	}
	if asked := p.requests(); len(asked) > 0 {
		t.Errorf("before it was collected: %q", asked)
	}
	if err := Here("").Collected(t.Context(), order.Dir); err != nil {
		t.Fatal(err)
	}
	d := destroyed(t, order.Dir)
	if asked := p.requests(); len(asked) != d.Tries || d.Tries != 4 || asked[0] != "DELETE /v2/pods/pod-7" {
		t.Errorf("%+v, asked %q", d, asked)
	}
	supervisor := parse(t, h)
	eventually(t, "its supervisor ends", func() bool { return !supervisor.alive() })
	backendtest.NoFileHas(t, boxKey, order.Dir)
}

func TestABoxWhoseCallerNeverCameDestroysItself(t *testing.T) {
	if err := findSenders(); err != nil {
		t.Skip(err)
	}
	p := &provider{key: boxKey}
	order := ordersDestruction(t, trusted(t, p).URL)
	order.Command.Argv = []string{"/no/such/program"} // also where the trainer cannot start
	order.Collect = 50 * time.Millisecond
	h := ordered(t, Here(""), order)
	if d := destroyed(t, order.Dir); !strings.Contains(d.Last, "404") {
		t.Errorf("%+v", d)
	}
	if s := waitEnded(t, Local{}, order.Dir, h); s.State != launch.Failed || s.Code != 127 {
		t.Errorf("status %+v", s)
	}
}

// Each program that may send a request does it as the other one does.
func TestEverySenderSendsTheSame(t *testing.T) {
	type seen struct{ method, path, header, body string }
	saw := make(chan seen, 1)
	server := trusted(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 100)
		n, _ := r.Body.Read(body)
		saw <- seen{r.Method, r.URL.String(), r.Header.Get("X-Words"), string(body[:n])}
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/other", http.StatusFound)
			return
		}
		w.WriteHeader(418)
	}))
	want := seen{"PUT", "/a?b=%5Bc%5D&d=%7B1%7D", `say "no" \ to $(sh)`, `{"state": "a\nb"}`}
	r := httpRequest{Method: want.method, URL: server.URL + want.path, Header: map[string]string{"X-Words": want.header}, Body: want.body}
	tried := 0
	for _, s := range senders {
		if _, err := exec.LookPath(s.argv[0]); err != nil {
			t.Logf("%s is not here", s.argv[0])
			continue
		}
		tried++
		if status, err := s.send(t.Context(), r); err != nil || status != 418 {
			t.Fatalf("%s: %d, %v", s.argv[0], status, err)
		}
		if got := <-saw; got != want {
			t.Errorf("%s: the server saw %+v", s.argv[0], got)
		}
		moved := r
		moved.URL = server.URL + "/moved"
		if status, err := s.send(t.Context(), moved); err != nil || status != 302 {
			t.Fatalf("%s goes after an answer that sends it elsewhere: %d, %v", s.argv[0], status, err)
		}
		if got := <-saw; got.path != "/moved" {
			t.Errorf("%s: the server saw %+v", s.argv[0], got)
		}
	}
	if tried == 0 {
		t.Skip("no program here sends requests")
	}
	server.Close()
	if status, err := send(context.Background(), httpRequest{Method: "GET", URL: server.URL, Header: map[string]string{"Authorization": "Bearer " + boxKey}}); err == nil || strings.Contains(err.Error(), boxKey) {
		t.Errorf("no server: %d, %v", status, err)
	}
}

func TestABoxThatIsLookedForElsewhereIsGoneWhenThatSaysSo(t *testing.T) {
	if err := findSenders(); err != nil {
		t.Skip(err)
	}
	p := &provider{key: boxKey, slow: 1}
	server := trusted(t, p)
	t.Setenv("BOX_API_KEY", boxKey)
	d := Destroy{Method: "DELETE", URL: server.URL + "/destroy", Header: map[string]string{"Authorization": "Bearer ${BOX_API_KEY}"}, Check: server.URL + "/box"}
	if err := d.check(nil); err != nil {
		t.Fatal(err)
	}
	destroy, look := d.requests(os.Getenv)
	if gone, last := attemptDestroy(destroy, look); gone || last != "DELETE answered 204; a look answered 200" {
		t.Errorf("%v, %s", gone, last)
	}
	if gone, last := attemptDestroy(destroy, look); !gone {
		t.Errorf("%v, %s", gone, last)
	}
}
