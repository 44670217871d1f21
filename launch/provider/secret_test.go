package provider_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
)

// planted is a credential that no error and no file may show.
const planted = "hf_plantedPLANTEDplanted0123456789abcd"

// TestNoErrorAndNoFileShowsACredential lets every request of a rental fail with
// answers that repeat what was sent, and looks for the key and the environment in
// every error and in everything on the disk.
func TestNoErrorAndNoFileShowsACredential(t *testing.T) {
	for _, tr := range trials() {
		if tr.late {
			continue
		}
		b, o := tr.begin(t)
		if b.provider.Facts().Env {
			o.Env = provider.Env{"HF_TOKEN": planted, "WANDB_SECRET": `quo"ted` + planted + "\nline", "PIN": "pin-4711"}
		}
		dir := t.TempDir()
		b.desk.Journal = provider.DirJournal(dir)
		_, errRent := b.desk.Rent(t.Context(), b.provider, o)
		b.fake.Inject(providertest.CreateErrs, 9)
		o2 := o
		o2.Nonce = provider.NewNonce()
		_, errCreate := b.provider.Create(t.Context(), o2)
		errEnd := errors.Join(b.desk.Release(t.Context(), b.provider, o.Nonce), b.desk.Release(t.Context(), b.provider, o2.Nonce))
		what := tr.String()
		if errCreate == nil {
			t.Errorf("%s: the create did not fail", what)
		}
		for _, err := range []error{errRent, errCreate, errEnd} {
			clean(t, what, o, fmt.Sprintf("%v %+v %#v", err, err, err))
		}
		cleanDir(t, what, o, dir)
		clean(t, what, o, fmt.Sprintf("%v %+v %#v", o, o, o))
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		clean(t, what, o, string(data))
	}
}

func clean(t *testing.T, what string, o provider.Order, text string) {
	t.Helper()
	secrets := []string{providertest.Key, planted, "pin-4711"}
	for name := range o.Env {
		secrets = append(secrets, name)
	}
	for _, s := range secrets {
		if strings.Contains(text, s) {
			t.Errorf("%s: %q stands in %s", what, s, text)
		}
	}
}

func cleanDir(t *testing.T, what string, o provider.Order, dir string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		n += len(data)
		clean(t, what+" "+path, o, string(data))
		return err
	})
	if err != nil || n == 0 {
		t.Errorf("%s: %d bytes were looked at: %v", what, n, err)
	}
}

// TestAKeyThatIsRefusedIsNotRepeated: the fakes answer 401 with the header that they
// got.
func TestAKeyThatIsRefusedIsNotRepeated(t *testing.T) {
	for _, name := range provider.Names() {
		b := newBench(t, name)
		p, err := b.fake.Open(provider.Config{Key: planted})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.List(t.Context())
		if err == nil || strings.Contains(fmt.Sprintf("%+v %#v", err, err), planted) || !strings.Contains(err.Error(), provider.Providers[name].KeyEnv) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAKeyGoesOverNoLineThatOthersRead(t *testing.T) {
	kind := provider.Providers["runpod"]
	for _, url := range []string{"http://api.example.com", "ftp://127.0.0.1", "api.runpod.io", "https://user:" + planted + "@host", "http://localhost.example.com"} {
		_, err := kind.Open(provider.Config{Key: "k", URL: url})
		if err == nil || strings.Contains(err.Error(), planted) {
			t.Errorf("%s: %v", url, err)
		}
	}
	for _, url := range []string{"", "https://api.example.com", "http://127.0.0.1:80", "http://[::1]:80", "http://localhost:1"} {
		if _, err := kind.Open(provider.Config{Key: "k", URL: url}); err != nil {
			t.Error(err)
		}
	}
}

func TestOnlyProvidersWithAKeyAreOpened(t *testing.T) {
	env := map[string]string{"RUNPOD_API_KEY": " k\n", "VAST_API_KEY": "  "}
	open, missing, err := provider.Configured(func(name string) string { return env[name] }, provider.Config{})
	if err != nil || len(open) != 1 || open[0].Name() != "runpod" || len(missing) != 2 {
		t.Errorf("open %v, missing %v: %v", open, missing, err)
	}
}

// TestARedirectIsNotFollowed: it would carry the key, and a create, elsewhere.
func TestARedirectIsNotFollowed(t *testing.T) {
	elsewhere := 0
	p := scripted(t, "runpod", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			elsewhere++
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	if _, err := p.List(t.Context()); err == nil || elsewhere > 0 {
		t.Errorf("%v, and %d requests went elsewhere", err, elsewhere)
	}
}
